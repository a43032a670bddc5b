/**
 * How many cases the property tests try: few in the ordinary run, many in the long one (`npm run laws`), where
 * `WAYBILL_RUNS` is the number of pairs for the agreement and a tenth of it (10,000 at least) for each law.
 */
const asked = Number(process.env["WAYBILL_RUNS"] ?? "");
const isLong = Number.isInteger(asked) && asked > 0;

export const pairRuns = isLong ? asked : 20_000;
export const lawRuns = isLong ? Math.max(10_000, Math.floor(asked / 10)) : 1_000;

/** Long enough for the long run on a busy machine, in milliseconds. */
export const patience = 3_600_000;
