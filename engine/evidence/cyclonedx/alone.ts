/** Which CycloneDX documents only say something about vulnerabilities (VEX), and list no more components than they speak of. */
import { type Json, object, objects, text } from "../raw.ts";
import type { Inventory } from "./components.ts";
import { isVexAlone } from "./kept.ts";
import { localRef, ownLink } from "./links.ts";

/** What only an inventory has: what depends on what, how whole its lists are, what runs. */
const ofInventories = ["dependencies", "compositions", "services"] as const;

/**
 * Whether the document is VEX alone, neither bill of materials nor scan: it says so in our own property; or each of its
 * vulnerabilities has an analysis with a state, it is about no component (`metadata.component`) as an inventory would be, and
 * every component that it lists, in whatever depth, is one that some vulnerability affects. CycloneDX has no field that says
 * what a document is, so everything else is an inventory: its components and findings would be hidden otherwise.
 */
export function isAlone(bom: Json, vulnerabilities: readonly Json[], found: Inventory): boolean {
  const metadata = object(bom["metadata"]);
  if (isVexAlone(metadata)) return true;
  if (vulnerabilities.length === 0 || vulnerabilities.some((one) => text(object(one["analysis"])?.["state"]) === undefined)) return false;
  if (metadata?.["component"] !== undefined || ofInventories.some((key) => objects(bom[key]).length > 0)) return false;
  const own = ownLink(bom);
  const affected = new Set(vulnerabilities.flatMap((one) => objects(one["affects"]).map(({ ref }) => localRef(text(ref) ?? "", own))));
  return found.components.every(({ id }) => typeof id === "string" && affected.has(id));
}
