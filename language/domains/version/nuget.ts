/** NuGet versions: semantic versions with up to four numbers, without regard to case (NuGet.Versioning, `VersionComparer.Default`). */
import { numbersIn } from "./digits.ts";
import { type Natural, orderPadded, type Scheme, schemeOf } from "./scheme.ts";
import { orderPrereleases } from "./semver.ts";

interface NugetVersion {
  readonly numbers: readonly Natural[];
  readonly prerelease: string;
}

const shape = /^v?(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/i;

function read(text: string): NugetVersion | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, numbers = "", prerelease = ""] = match;
  return { numbers: numbersIn(numbers), prerelease: prerelease.toLowerCase() };
}

export const nuget: Scheme = schemeOf(read, (a, b) => orderPadded(a.numbers, b.numbers) || orderPrereleases(a.prerelease, b.prerelease));
