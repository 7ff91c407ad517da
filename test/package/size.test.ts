import { expect, test } from "vitest";
import { PACKAGE_BUDGET, PROGRAMS, sizeOf, sizeOfPackage } from "../../scripts/size.ts";

test.each(PROGRAMS)("$program stays in its budget of $budget bytes", async ({ budget, ...rest }) => {
  const { gzip } = await sizeOf(rest);
  expect(gzip).toBeLessThanOrEqual(budget);
});

test("the whole package stays in its budget, and installs no other package", async () => {
  const { packed, unpacked, packages } = await sizeOfPackage();
  expect(packed).toBeLessThanOrEqual(PACKAGE_BUDGET.packed);
  expect(unpacked).toBeLessThanOrEqual(PACKAGE_BUDGET.unpacked);
  expect(packages).toBe(PACKAGE_BUDGET.packages);
});
