import { applyPlan, reportPlan } from "./apply-plan.ts";
import { MigrationCounts } from "./migration-counts.ts";
import { checkOptions } from "./options.ts";
import { planOf } from "./plan.ts";
import { readRows } from "./read-rows.ts";
import type { MigrationOptions, MigrationReport } from "./types.ts";

/** Implements the `migrateAuthyUsers` that this package exports. */
export async function migrateAuthyUsers(options: MigrationOptions): Promise<MigrationReport> {
  checkOptions(options);
  const { authsignal, file, format, apply = false, assumeConfirmed = false, onRow } = options;
  const plan = await planOf(readRows(file, format, assumeConfirmed), assumeConfirmed);
  const counts = new MigrationCounts(plan.read, apply, onRow);
  if (authsignal && apply) return applyPlan(plan, counts, authsignal, options);
  reportPlan(plan, counts);
  for (const task of plan.tasks()) {
    counts.add(task, { outcome: task.enrolls ? "enrolled" : "unverified", notes: task.notes });
  }
  return counts.report();
}
