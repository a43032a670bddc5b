import { expect, it } from "vitest";
import { equalImageRef, parseImageRef, showImageRef } from "./image-ref.ts";

const hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

function ref(text: string) {
  const result = parseImageRef(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

it("refuses what no registry could serve", () => {
  for (const text of [
    "",
    ":tag",
    "a@",
    "a@sha256:12",
    "a/B",
    "a//b",
    "a/",
    "a:",
    "a:b c",
    "a@md5:00",
    "-a/b",
    "a_-b",
    hex,
    "ghcr.io/",
    "[::1/x",
    `a:${"t".repeat(129)}`,
    "x".repeat(300),
  ]) {
    expect(parseImageRef(text).ok, text).toBe(false);
  }
  expect(parseImageRef("https://ghcr.io/acme/api")).toMatchObject({ suggestion: "ghcr.io/acme/api" });
  expect(parseImageRef("ghcr.io/Acme/API:1.0")).toMatchObject({ suggestion: "ghcr.io/acme/api:1.0" });
});

it("normalises references as Docker does", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.27", "docker.io/library/nginx:1.27"],
    ["acme/api", "docker.io/acme/api:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["index.docker.io/library/nginx", "docker.io/library/nginx:latest"],
    ["localhost/x", "localhost/x:latest"],
    ["localhost:5000/x", "localhost:5000/x:latest"],
    ["GHCR.io/acme/api:1", "ghcr.io/acme/api:1"],
    ["[::1]:5000/x:1", "[::1]:5000/x:1"],
    [`ghcr.io/acme/api@sha256:${hex.toUpperCase()}`, `ghcr.io/acme/api@sha256:${hex}`],
    [`ghcr.io/acme/api:1@sha256:${hex}`, `ghcr.io/acme/api:1@sha256:${hex}`],
    ["a__b/c--d.e", "docker.io/a__b/c--d.e:latest"],
  ];
  for (const [text, shown] of cases) expect(showImageRef(ref(text)), text).toBe(shown);
});

it("gives the components, with the port in the registry and no tag beside a digest alone", () => {
  expect(ref("localhost:5000/team/x:1.0")).toEqual({
    registry: "localhost:5000",
    path: "team/x",
    repository: "localhost:5000/team/x",
    tag: "1.0",
    text: "localhost:5000/team/x:1.0",
  });
  expect(ref(`x@sha256:${hex}`).tag).toBeUndefined();
  expect(ref(`x@sha256:${hex}`).digest).toBe(`sha256:${hex}`);
});

it("compares references by component, never as strings", () => {
  expect(equalImageRef(ref("nginx"), ref("docker.io/library/nginx:latest"))).toBe(true);
  expect(equalImageRef(ref("nginx:1"), ref("nginx:2"))).toBe(false);
  expect(equalImageRef(ref(`nginx@sha256:${hex}`), ref(`nginx:latest@sha256:${hex}`))).toBe(false);
});
