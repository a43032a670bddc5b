/** How many cases the property tests try: few in the ordinary run, `WAYBILL_RUNS` of them in the long one (`npm run laws`). */
export function runs(usual: number): number {
  const asked = Number(process.env["WAYBILL_RUNS"] ?? "");
  return Number.isInteger(asked) && asked > 0 ? asked : usual;
}

/** Long enough for the long run on a busy machine, in milliseconds. */
export const patience = 3_600_000;
