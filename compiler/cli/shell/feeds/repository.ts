/** The index of a VEX repository (https://github.com/aquasecurity/vex-repo-spec). */

/** `{ "packages": [ { "id": "pkg:…", "location": "pkg/…/vex.json" } ] }` */
export function locationsIn(text: string): readonly string[] | undefined {
  try {
    const index: unknown = JSON.parse(text);
    const packages = index !== null && typeof index === "object" && "packages" in index ? index.packages : undefined;
    if (!Array.isArray(packages)) return undefined;
    const locations = packages.map((one: unknown) =>
      one !== null && typeof one === "object" && "location" in one ? one.location : undefined,
    );
    return locations.every((one) => typeof one === "string") ? locations : undefined;
  } catch {
    return undefined;
  }
}
