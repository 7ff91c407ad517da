import { beforeEach, inject } from "vitest";

beforeEach(({ skip }) => {
  if (inject("browser") === undefined) skip("No Chromium is installed");
});
