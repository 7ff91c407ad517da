import { dirname } from "node:path";

// Without it Next.js takes the folder of another lock file for that of the app.
const root = dirname(import.meta.dirname);

export default { outputFileTracingRoot: root, turbopack: { root } };
