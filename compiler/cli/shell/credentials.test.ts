import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { openCredentials } from "./credentials.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "waybill-credentials-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    if (name.startsWith("docker-credential-")) await chmod(join(folder, name), 0o755);
  }
  return folder;
}

async function reading(files: Readonly<Record<string, string>>, timeout = 5_000) {
  const folder = await folderWith(files);
  const problems: Diagnostic[] = [];
  const environment = { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
  return { of: openCredentials({ environment, report: (one) => problems.push(one), timeout }), problems, folder };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

it("knows nobody where there is no file, and says nothing about it", async () => {
  const { of, problems } = await reading({});
  expect([await of("ghcr.io"), problems]).toEqual([undefined, []]);
});

it("reads each way in which a file keeps credentials", async () => {
  const { of, problems } = await reading({
    "config.json": JSON.stringify({
      auths: {
        "ghcr.io": { auth: base64("me:pass:word") },
        "https://index.docker.io/v1/": { auth: base64("hub:secret") },
        "https://quay.io/v2/": { username: "robot", password: "secret" },
        "identity.example": { auth: base64("00000000-0000-0000-0000-000000000000:"), identitytoken: "refresh" },
        "token.example": { registrytoken: "ready" },
        "empty.example": {},
        "odd.example": { auth: "%%%" },
        "localhost:5000": { auth: base64("local:secret") },
      },
    }),
  });
  expect(await of("ghcr.io")).toEqual({ kind: "password", username: "me", password: "pass:word" });
  expect(await of("docker.io")).toEqual({ kind: "password", username: "hub", password: "secret" });
  expect(await of("quay.io")).toEqual({ kind: "password", username: "robot", password: "secret" });
  expect(await of("identity.example")).toEqual({ kind: "identity-token", token: "refresh" });
  expect(await of("token.example")).toEqual({ kind: "registry-token", token: "ready" });
  expect(await of("localhost:5000")).toEqual({ kind: "password", username: "local", password: "secret" });
  for (const registry of ["empty.example", "odd.example", "evil.ghcr.io", "ghcr.io.evil.example", "localhost"])
    expect(await of(registry)).toBeUndefined();
  expect(problems).toEqual([]);
});

const helper = (body: string): string => `#!/bin/sh\nread registry\necho "$1 $registry" >> "$DOCKER_CONFIG/asked"\n${body}\n`;

it("asks the helper of a registry, else that of all, with the registry on its standard input", async () => {
  const { of, problems, folder } = await reading({
    "config.json": JSON.stringify({
      auths: { "ghcr.io": { auth: base64("file:secret") } },
      credHelpers: { "ecr.example": "one" },
      credsStore: "all",
    }),
    "docker-credential-one": helper('echo \'{"Username":"AWS","Secret":"one"}\''),
    "docker-credential-all": helper(
      'case "$registry" in ghcr.io) echo "credentials not found in native keychain"; exit 1;; esac\necho \'{"Username":"<token>","Secret":"all"}\'',
    ),
  });
  expect(await of("ecr.example")).toEqual({ kind: "password", username: "AWS", password: "one" });
  expect(await of("docker.io")).toEqual({ kind: "identity-token", token: "all" });
  expect(await of("docker.io")).toEqual({ kind: "identity-token", token: "all" });
  // A helper that knows nobody leaves it to the file.
  expect(await of("ghcr.io")).toEqual({ kind: "password", username: "file", password: "secret" });
  const { readFile } = await import("node:fs/promises");
  expect((await readFile(join(folder, "asked"), "utf8")).trim().split("\n")).toEqual([
    "get ecr.example",
    "get https://index.docker.io/v1/",
    "get ghcr.io",
  ]);
  expect(problems).toEqual([]);
});

it.each([
  ["is not installed", undefined, "it is not installed"],
  ["fails", "exit 3", "it ended with code 3"],
  ["does not end", "exec sleep 60", "it did not answer within 300 ms"],
  ["says what is no JSON", "echo hello", "its answer is not JSON"],
  ["floods", "exec cat /dev/zero", "its answer does not end"],
])("says that a helper %s, and goes on without it", async (_, body, problem) => {
  const { of, problems } = await reading(
    {
      "config.json": JSON.stringify({ auths: { "ghcr.io": { auth: base64("file:secret") } }, credsStore: "acme" }),
      ...(body === undefined ? {} : { "docker-credential-acme": helper(body) }),
    },
    body?.includes("sleep") ? 300 : 20_000,
  );
  expect(await of("ghcr.io")).toEqual({ kind: "password", username: "file", password: "secret" });
  expect(problems.map((one) => [one.code, one.message])).toEqual([
    ["WB1154", `credential helper \`docker-credential-acme\` failed: ${problem}`],
  ]);
});

it("runs no program whose name leaves its folder", async () => {
  const { of, problems } = await reading({ "config.json": JSON.stringify({ credsStore: "x/../../../bin/sh" }) });
  expect(await of("ghcr.io")).toBeUndefined();
  expect(problems.map((one) => one.message)).toEqual([
    "credential helper `docker-credential-x/../../../bin/sh` failed: it is not the name of a program",
  ]);
});

it("reads the file that REGISTRY_AUTH_FILE names and no other, and says where it cannot", async () => {
  const docker = await folderWith({ "config.json": JSON.stringify({ auths: { "ghcr.io": { auth: base64("docker:secret") } } }) });
  const podman = await folderWith({ "auth.json": JSON.stringify({ auths: { "quay.io/acme": { auth: base64("podman:secret") } } }) });
  const path = join(podman, "auth.json");
  const of = openCredentials({ environment: { DOCKER_CONFIG: docker, REGISTRY_AUTH_FILE: path } });
  expect([await of("ghcr.io"), await of("quay.io")]).toEqual([undefined, { kind: "password", username: "podman", password: "secret" }]);
  const problems: Diagnostic[] = [];
  const absent = join(podman, "none.json");
  await openCredentials({ environment: { REGISTRY_AUTH_FILE: absent }, report: (one) => problems.push(one) })("ghcr.io");
  expect(problems.map((one) => one.message)).toEqual([`credentials in \`${absent}\` cannot be read: there is no such file`]);
});

it("says that a file is not JSON", async () => {
  const { of, problems } = await reading({ "config.json": '{"auths":' });
  expect(await of("ghcr.io")).toBeUndefined();
  expect(problems.map((one) => one.code)).toEqual(["WB1153"]);
});
