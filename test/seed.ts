/**
 * Property tests draw the same cases in every run, so that a gate that is green stays green until something changes.
 * `WAYBILL_SEED=random` (the long runs) or a number draws others; a failure prints the seed that repeats it.
 */
import fc from "fast-check";

const asked = process.env["WAYBILL_SEED"];
if (asked !== "random") fc.configureGlobal({ seed: asked === undefined ? 20_261_121 : Number(asked) });
