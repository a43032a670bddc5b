/** A state of evidence as bytes and back: what a decision is replayed from (semantics, section 2). */
import { deserialize, serialize } from "node:v8";
import type { Request } from "../../engine/evaluate/decision.ts";
import { Known, Lack, OpenList } from "../../language/core/data.ts";

const tag = "$oracle";

function plain(value: unknown): unknown {
  if (value instanceof Lack) return { [tag]: "lack", cause: value.cause, detail: value.detail };
  if (value instanceof Known) return { [tag]: "known", value: plain(value.value) };
  if (value instanceof OpenList) {
    return { [tag]: "open", items: value.items.map(plain), undeclared: value.undeclared, lacks: value.lacks.map(plain) };
  }
  if (Array.isArray(value)) return value.map(plain);
  // Domain values hold maps, which bytes can.
  if (typeof value !== "object" || value === null || value instanceof Map) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

interface Tagged {
  readonly [tag]?: string;
  readonly [key: string]: unknown;
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null || value instanceof Map) return value;
  const tagged = value as Tagged;
  switch (tagged[tag]) {
    case "lack":
      return new Lack(tagged["cause"] as Lack["cause"], tagged["detail"] as string);
    case "known":
      return new Known(revived(tagged["value"]) as Known["value"]);
    case "open":
      return new OpenList(
        revived(tagged["items"]) as OpenList["items"],
        tagged["undeclared"] as boolean,
        revived(tagged["lacks"]) as OpenList["lacks"],
      );
    default:
      return Object.fromEntries(Object.entries(tagged).map(([key, inner]) => [key, revived(inner)]));
  }
}

export function toBytes(request: Request): Uint8Array {
  return serialize(plain(request));
}

export function fromBytes(bytes: Uint8Array): Request {
  return revived(deserialize(bytes)) as Request;
}
