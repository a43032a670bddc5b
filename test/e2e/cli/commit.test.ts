import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { isInstalled, objectOf, repository, signedCommit, sshKey, writeObject } from "../../trust/git.ts";
import { repository as checkout, waybill } from "./waybill.ts";

const hasSsh = isInstalled("git") && isInstalled("ssh-keygen", ["-?"]);
const now = ["--now", "2026-03-02T12:00:00Z"];

describe.skipIf(!hasSsh)("waybill verify commit (needs git and ssh-keygen)", () => {
  const of = repository();
  const key = sshKey(of.folder, "ada");
  const id = signedCommit(of, key.path);
  const allowed = join(of.folder, "allowed");
  writeFileSync(allowed, `ada@acme.example ${key.line}\n`);
  const verify = (...words: readonly string[]) => waybill(["verify", "commit", ...now, ...words], { cwd: of.folder });

  it.each([
    [["HEAD"], "WB1162", "nobody is named"],
    [["HEAD", "--identity", "ada@acme.example"], "WB1162", "without `--issuer`"],
    [["HEAD", "--issuer", "https://accounts.google.com"], "WB1162", "without `--identity`"],
    [["HEAD", "--identity", "", "--issuer", "https://accounts.google.com"], "WB1162", "`--identity` is empty"],
    [["HEAD", "--key", "key", "--identity", "ada@acme.example"], "WB1162", "`--identity` is given with `--key`"],
    [["HEAD", "--key", "key", "--allowed-signers", "allowed", "--identity", "ada@acme.example"], "WB1162", "nobody vouches for the names"],
    [
      ["HEAD", "--key", "key", "--identity", "ada@acme.example", "--issuer", "https://accounts.google.com"],
      "WB1162",
      "`--identity` is given with `--key`",
    ],
    [
      ["HEAD", "--allowed-signers", "allowed", "--identity", "ada@acme.example", "--issuer", "https://accounts.google.com"],
      "WB1162",
      "`--issuer` is given with `--allowed-signers`",
    ],
    [["nothing", "--allowed-signers", "allowed"], "WB1160", "there is no such commit"],
    [["--allowed-signers", "allowed", "--", "--upload-pack=x"], "WB1160", "there is no such commit"],
    [["HEAD^{tree}", "--allowed-signers", "allowed"], "WB1160", "there is no such commit"],
    [["HEAD", "--repo", "/", "--allowed-signers", "allowed"], "WB1160", "not a git repository"],
    [["HEAD", "--allowed-signers", "file"], "WB1161", "line 1 of `file`"],
    [["HEAD", "--allowed-signers", "gone"], "WB1001", "`gone` does not exist"],
    [["HEAD", "--allowed-signer", "allowed"], "WB1000", "did you mean `--allowed-signers`"],
  ])("is used wrongly with %j: exit 2", async (words, code, said) => {
    const ran = await verify(...words);
    expect([ran.code, ran.out]).toEqual([2, ""]);
    expect(ran.err).toContain(`error[${code}]`);
    expect(ran.err.replace(/\s+/g, " ")).toContain(said);
  });

  it("exits 0 for a commit by an allowed key, and 1 with the reason for any other", async () => {
    expect(await verify("HEAD", "--allowed-signers", "allowed")).toMatchObject({
      code: 0,
      out: expect.stringContaining(`verified   ${id}`),
    });
    writeFileSync(join(of.folder, "others"), `bo@acme.example ${key.line}\n`);
    expect(await verify("HEAD", "--allowed-signers", "others")).toMatchObject({ code: 1, out: expect.stringContaining(": principal") });
    const plain = writeObject(
      of,
      objectOf(of, id)
        .toString("latin1")
        .replace(/^gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/m, ""),
    );
    expect(await verify(plain, "--allowed-signers", "allowed")).toMatchObject({ code: 1, out: expect.stringContaining(": no-signature") });
  });

  it("takes `--identity` for whom the key must be allowed for, and refuses anybody else", async () => {
    const by = (identity: string) => verify("HEAD", "--allowed-signers", "allowed", "--identity", identity);
    expect(await by("ada@acme.example")).toMatchObject({ code: 0 });
    expect(await by("bo@acme.example")).toMatchObject({ code: 1, out: expect.stringContaining(": principal") });
  });

  it("refuses an SSH signature where a certificate's name and issuer are demanded", async () => {
    const ran = await verify("HEAD", "--identity", "ada@acme.example", "--issuer", "https://accounts.google.com");
    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining("no allowed signers were given") });
  });

  it("exits 3 where it cannot tell: the window of the key is over, and the date is the commit's own", async () => {
    writeFileSync(join(of.folder, "retired"), `ada@acme.example valid-before="20260302Z" ${key.line}\n`);
    const ran = await verify("HEAD", "--allowed-signers", "retired", "--format", "json");
    expect([ran.code, JSON.parse(ran.out).outcome]).toEqual([3, "unsettled"]);
  });

  it("does not follow refs that replace the commit", async () => {
    const fake = writeObject(of, objectOf(of, id).toString("latin1").replace("\n\none", "\n\nfake"));
    of.git(["replace", id, fake]);
    expect((await verify(id, "--allowed-signers", "allowed")).code).toBe(0);
    expect((await verify(fake, "--allowed-signers", "allowed")).code).toBe(1);
    of.git(["replace", "-d", id]);
  });

  it("answers in JSON as its schema has it", async () => {
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(join(checkout, "docs/schemas/commit.schema.json"), "utf8")),
    );
    for (const signers of ["allowed", "others", "retired"]) {
      const { out } = await verify("HEAD", "--allowed-signers", signers, "--format", "json");
      expect([validate(JSON.parse(out)), validate.errors]).toEqual([true, null]);
    }
  });
});

describe.skipIf(!hasSsh || !isInstalled("gpg"))("waybill verify commit with OpenPGP (needs git and gpg)", () => {
  const of = repository();
  const home = mkdtempSync(join(tmpdir(), "g-"));
  const gpg = (...words: readonly string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words], {
      stdio: ["ignore", "pipe", "ignore"],
    });
  afterAll(() => {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"], { stdio: "ignore" });
    rmSync(home, { recursive: true, force: true });
  });
  gpg("--quick-gen-key", "Ada <ada@acme.example>", "ed25519", "sign", "never");
  gpg("--quick-gen-key", "Bo <bo@acme.example>", "ed25519", "sign", "never");
  const print = (name: string): string => /^fpr:+([0-9A-F]+):/m.exec(gpg("--list-keys", "--with-colons", name).toString())?.[1] ?? "";
  for (const name of ["ada", "bo"])
    writeFileSync(join(of.folder, `${name}.asc`), gpg("--armor", "--export", print(`${name}@acme.example`)));
  writeFileSync(join(of.folder, "none.asc"), "not a key\n");
  const commit = (message: string): string => {
    writeFileSync(join(of.folder, "file"), message);
    const program = join(home, "gpg.sh");
    writeFileSync(program, `#!/bin/sh\nexec gpg --homedir ${home} --batch --pinentry-mode loopback --passphrase '' "$@"\n`, {
      mode: 0o755,
    });
    of.git(["add", "file"]);
    of.git(["-c", `gpg.program=${program}`, "-c", `user.signingkey=${print("ada@acme.example")}`, "commit", "-q", "-S", "-m", message]);
    return of.git(["rev-parse", "HEAD"]).trim();
  };
  const id = commit("one");
  const verify = (...words: readonly string[]) => waybill(["verify", "commit", ...now, ...words], { cwd: of.folder });

  it("verifies with the key that is given, and with no other", async () => {
    expect(await verify(id, "--key", "ada.asc")).toMatchObject({
      code: 0,
      out: expect.stringContaining("openpgp: Ada <ada@acme.example>"),
    });
    expect(await verify(id, "--key", "bo.asc", "--key", "ada.asc")).toMatchObject({ code: 0 });
    expect(await verify(id, "--key", "bo.asc")).toMatchObject({ code: 1, out: expect.stringContaining(": key") });
  });

  it("cannot tell with a file that holds no key", async () => {
    expect(await verify(id, "--key", "none.asc")).toMatchObject({ code: 3, out: expect.stringContaining("no OpenPGP key") });
  });

  it("refuses the signature of another commit", async () => {
    const header = /^gpgsig [\s\S]*?-----END PGP SIGNATURE-----\n/m;
    const second = commit("two");
    const [stolen = ""] = header.exec(objectOf(of, second).toString("latin1")) ?? [];
    const forged = writeObject(of, objectOf(of, id).toString("latin1").replace(header, stolen));
    expect(await verify(forged, "--key", "ada.asc")).toMatchObject({ code: 1, out: expect.stringContaining(": signature") });
  });

  it("refuses a commit that was signed with SSH where only OpenPGP keys are given", async () => {
    const key = sshKey(of.folder, "ada");
    const other = signedCommit(of, key.path, { message: "ssh" });
    expect(await verify(other, "--key", "ada.asc")).toMatchObject({
      code: 1,
      out: expect.stringContaining("no allowed signers were given"),
    });
  });
});
