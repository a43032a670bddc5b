import { expect, it } from "vitest";
import { resourceOf } from "./attesting.ts";

const [index, child] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];

it.each([
  [
    "the platform and not its index, of which another may be denied",
    `ghcr.io/acme/shop@${index} (linux/amd64)`,
    `ghcr.io/acme/shop@${child}`,
  ],
  ["the manifest and not the tag, which moves", "ghcr.io/acme/shop:v1", `ghcr.io/acme/shop@${child}`],
  ["the repository as it is fetched", "shop:v1", `docker.io/library/shop@${child}`],
  ["the registry with its port", "127.0.0.1:5000/acme/shop:v1 (linux/arm64/v8)", `127.0.0.1:5000/acme/shop@${child}`],
])("attests of an image %s", (_, name, resource) => {
  expect(resourceOf({ kind: "image", name, digest: child, data: {} })).toBe(resource);
});

it("attests of anything else by the name that it was given", () => {
  expect(resourceOf({ kind: "artifact", name: "app.tgz", digest: child, data: {} })).toBe("app.tgz");
});
