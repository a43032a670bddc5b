import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pictured, pictureOf, withPicture } from "../../../compiler/bundle/readme.ts";
import { repository, waybill } from "./waybill.ts";

const readme = readFileSync(join(repository, "README.md"), "utf8");
const shell = [...readme.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map((match) => match[1] ?? "");

it("shows in the README what the command prints (`npm run picture` takes a new one)", async () => {
  const [, ...words] = pictured.split(" ");
  const ran = await waybill(words);
  expect(ran.code).toBe(1);
  expect(withPicture(readme, pictureOf(ran.out))).toBe(readme);
});

it("begins with two commands of one line: one gates, one tests", () => {
  expect(shell.length).toBeGreaterThanOrEqual(2);
  const [first = "", second = ""] = shell;
  expect(first.split("\n")).toHaveLength(1);
  expect(second).toBe("npm ci && npm test");
  expect(first).toMatch(/^npm ci && npx waybill gate /);
});

it("gates our own bill of materials: an allow, and a denial with both spans", async () => {
  const example = "policies/examples/own-sbom";
  const words = ["gate", "--policy", example, "--evidence", `${example}/waybill.cdx.json`];
  expect(shell[0]).toContain(`npx waybill ${words.join(" ")}`);
  const allowed = await waybill(words);
  expect(allowed.code).toBe(0);
  expect(allowed.out).toContain("allow artifact pkg:npm/waybill@");
  const denied = await waybill([...words, "--set", "examples.own_sbom.tools=true"]);
  expect(denied.code).toBe(1);
  expect(denied.out).toMatch(/--> policies\/examples\/own-sbom\/own-sbom\.scp:\d+:\d+/);
  expect(denied.out).toMatch(/--> policies\/examples\/own-sbom\/waybill\.cdx\.json:\d+:\d+ \/components\/\d+\/licenses/);
});

it("links only to what is there", () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? "");
  expect(links.filter((link) => !link.startsWith("http")).length).toBeGreaterThan(5);
});
