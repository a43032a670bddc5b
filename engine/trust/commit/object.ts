/**
 * A git commit object (git `Documentation/gitformat-signature.txt`): headers, an empty line, the message. A signature is a
 * header of its own, and is over the object without it.
 */
import { createHash } from "node:crypto";
import { refused } from "./verdict.ts";

/** As it is written: name, e-mail address, and the seconds since the epoch that the writer's clock showed. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly seconds: number;
}

export interface Commit {
  /** Hexadecimal; SHA-1, or SHA-256 in a repository of that format. */
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  /** ASCII armour; absent where nobody signed. */
  readonly signature?: string;
  /** The bytes that are signed. */
  readonly payload: Uint8Array;
}

export type ReadCommit = { readonly kind: "commit"; readonly commit: Commit } | ReturnType<typeof refused>;

/** Commits with more than this are no work of people. */
export const commitLimit = 8_000_000;

const signatureHeaders = new Set(["gpgsig", "gpgsig-sha256"]);

/** Reads the object whose id is `id`; an object of another id is refused, whatever is signed in it. */
export function readCommit(bytes: Uint8Array, id: string): ReadCommit {
  if (bytes.length > commitLimit) return refused("too-large", `the commit has ${bytes.length} bytes, and ${commitLimit} is the limit`);
  const algorithm = id.length === 64 ? "sha256" : "sha1";
  const found = createHash(algorithm).update(`commit ${bytes.length}\0`).update(bytes).digest("hex");
  if (found !== id.toLowerCase()) return refused("commit-mismatch", `the object is ${found}, not ${id}`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const end = text.indexOf("\n\n");
  const head = end < 0 ? text.replace(/\n$/, "") : text.slice(0, end);
  const headers = headersOf(head);
  if (headers === undefined) return refused("malformed-commit", "its headers are not those of a commit");
  const one = (name: string): string | undefined => {
    const values = headers.filter((header) => header.name === name);
    return values.length === 1 ? values[0]?.value : undefined;
  };
  const tree = one("tree");
  const author = personOf(one("author"));
  const committer = personOf(one("committer"));
  if (tree === undefined || author === undefined || committer === undefined)
    return refused("malformed-commit", "it has not exactly one tree, author and committer");
  const signatures = headers.filter((header) => header.name === (algorithm === "sha256" ? "gpgsig-sha256" : "gpgsig"));
  if (signatures.length > 1)
    return refused("several-signatures", `it has ${signatures.length} signatures, and which one counts nobody says`);
  const kept = headers.filter((header) => !signatureHeaders.has(header.name)).map((header) => header.raw);
  const payload = Buffer.from(kept.join("\n") + (end < 0 ? "\n" : text.slice(end)), "latin1");
  const [signature] = signatures;
  return {
    kind: "commit",
    commit: {
      id: found,
      tree,
      parents: headers.flatMap((header) => (header.name === "parent" ? [header.value] : [])),
      author,
      committer,
      payload,
      ...(signature === undefined ? {} : { signature: signature.value }),
    },
  };
}

interface Header {
  readonly name: string;
  /** Lines that go on, which begin with a space, joined by line breaks. */
  readonly value: string;
  readonly raw: string;
}

function headersOf(head: string): readonly Header[] | undefined {
  const headers: Header[] = [];
  for (const line of head.split("\n")) {
    const last = headers.at(-1);
    if (line.startsWith(" ")) {
      if (last === undefined) return undefined;
      headers[headers.length - 1] = { ...last, value: `${last.value}\n${line.slice(1)}`, raw: `${last.raw}\n${line}` };
      continue;
    }
    const space = line.indexOf(" ");
    if (space < 1) return undefined;
    headers.push({ name: line.slice(0, space), value: line.slice(space + 1), raw: line });
  }
  return headers;
}

function personOf(value: string | undefined): Person | undefined {
  const match = /^(.*?) ?<([^<>\n]*)> (-?\d{1,15}) [+-]\d{4}$/.exec(value ?? "");
  if (match === null) return undefined;
  const utf8 = (text = ""): string => Buffer.from(text, "latin1").toString("utf8");
  return { name: utf8(match[1]), email: utf8(match[2]), seconds: Number(match[3]) };
}
