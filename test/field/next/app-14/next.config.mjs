import { dirname } from "node:path";

// Without it Next.js takes the folder of another lock file for that of the app.
export default { experimental: { outputFileTracingRoot: dirname(import.meta.dirname) } };
