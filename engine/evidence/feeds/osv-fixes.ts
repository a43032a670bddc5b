/** What an OSV record says about the versions of one package (OSV schema, `affected[]` and "Evaluation"). */
import { type Purl, parsePurl, purlKey } from "../../../language/domains/purl.ts";
import { type OsvEvent, rangeOfEvents } from "../../../language/domains/range/osv.ts";
import { ecosystemOfPurlType } from "../../../language/domains/version.ts";
import { purlOf } from "../osv-scanner/finding.ts";
import { fixedRange, fixedVersions, listedIn, type Stretch } from "../osv-scanner/ranges.ts";
import { type Json, object, objects, text } from "../raw.ts";

export interface Fixes {
  /** Each version in which a range of the package ends with a fix. */
  readonly fixed: readonly string[];
  /** The versions that are fixed, as comparators; undefined: none are, or it cannot be told. */
  readonly range: string | undefined;
  /** Relative to the record: the first entry about the package. */
  readonly pointer: string;
  /** Ranges that were not understood. With one of them, nothing is said of versions. */
  readonly unread: number;
}

/**
 * The fixes of every entry about the package, its releases of a distribution held apart; undefined where no entry is about
 * it. Ranges of commits are ranges of no versions, and say nothing.
 */
export function fixesFor(record: Json, purl: Purl): Fixes | undefined {
  const stretches: Stretch[] = [];
  let pointer: string | undefined;
  let unread = 0;
  for (const [index, entry] of objects(record["affected"]).entries()) {
    if (!isAbout(object(entry["package"]) ?? {}, purl)) continue;
    pointer ??= `/affected/${index}`;
    stretches.push(...listedIn(entry, purl.type));
    for (const range of objects(entry["ranges"])) {
      if (range["type"] === "GIT") continue;
      const isOfVersions = range["type"] === "SEMVER" || range["type"] === "ECOSYSTEM";
      const found = isOfVersions ? stretchesOf(range, ecosystemOfPurlType(purl.type)) : undefined;
      if (found === undefined) unread += 1;
      else stretches.push(...found);
    }
  }
  if (pointer === undefined) return undefined;
  if (unread > 0) return { fixed: [], range: undefined, pointer, unread };
  return { fixed: fixedVersions(stretches), range: fixedRange(stretches, purl.type), pointer, unread };
}

/** `Debian:12` is a release, and is not the package of another; a purl that names no release is of none that can be told. */
function isAbout(about: Json, purl: Purl): boolean {
  const ecosystem = text(about["ecosystem"]);
  const name = text(about["name"]);
  const derived = name === undefined ? undefined : purlOf(ecosystem, name, undefined);
  const parsed = parsePurl(derived ?? text(about["purl"]) ?? "");
  if (!parsed.ok || purlKey(parsed.value) !== purlKey(purl)) return false;
  const release = /^[^:]*:v?([\d.]+)/.exec(ecosystem ?? "")?.[1];
  if (release === undefined) return true;
  const own = /(?:^|-)v?(\d[\d.]*)$/.exec(purl.qualifiers.get("distro") ?? "")?.[1];
  return own !== undefined && (own === release || own.startsWith(`${release}.`));
}

const eventKinds = ["introduced", "fixed", "last_affected", "limit"] as const;

/** The affected stretches; undefined where the range is not understood: an event of no kind or of several, a version that is none, a limit. */
function stretchesOf(range: Json, ecosystem: string): readonly Stretch[] | undefined {
  const events: OsvEvent[] = [];
  for (const event of objects(range["events"])) {
    const named = eventKinds.flatMap((kind) => {
      const version = text(event[kind]);
      return version === undefined ? [] : [{ kind, version }];
    });
    const [only, other] = named;
    // What ends at a limit is not fixed there, only not said any more.
    if (only === undefined || other !== undefined || (only.kind === "limit" && only.version !== "*")) return undefined;
    events.push(only);
  }
  const read = rangeOfEvents(ecosystem, events);
  if (!read.ok) return undefined;
  return read.value.intervals.map(({ low, high }) => ({
    low: low?.version,
    fixed: high?.inclusive === false ? high.version : undefined,
    last: high?.inclusive === true ? high.version : undefined,
  }));
}
