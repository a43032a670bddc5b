/** Where the scanners of a scan record stand, and the reports that it holds. */
import { type Json, object, objects } from "../raw.ts";

/** Each scanner with its pointer: the specification has a list, Trivy and cosign itself write one. */
export function scannersOf(predicate: Json): readonly { readonly scanner: Json; readonly pointer: string }[] {
  const one = object(predicate["scanner"]);
  return [
    ...(one === undefined ? [] : [{ scanner: one, pointer: "/scanner" }]),
    ...objects(predicate["scanners"]).map((scanner, index) => ({ scanner, pointer: `/scanners/${index}` })),
  ];
}

/** The reports that a cosign record holds, relative to the predicate. */
export function reportsIn(predicate: unknown): readonly { readonly pointer: string; readonly json: unknown }[] {
  return scannersOf(object(predicate) ?? {}).flatMap(({ scanner, pointer }) =>
    object(scanner["result"]) === undefined ? [] : [{ pointer: `${pointer}/result`, json: scanner["result"] }],
  );
}
