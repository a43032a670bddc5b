import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bo, isInstalled, objectOf, repository, signedCommit, sshKey, writeObject, writtenAt } from "../../../test/trust/git.ts";
import { namesText, readAllowedSigners } from "./allowed-signers.ts";
import type { CommitVerdict } from "./verdict.ts";
import { verifyCommit } from "./verify.ts";

const now = (writtenAt + 86_400) * 1_000_000;

async function judge(
  bytes: Buffer,
  id: string,
  allowed: string,
  options: { readonly identity?: string; readonly now?: number } = {},
): Promise<CommitVerdict> {
  const read = readAllowedSigners(allowed);
  if (read.kind !== "signers") throw new Error(read.problem);
  return (await verifyCommit(bytes, id, { ssh: { signers: read.signers, now, ...options } })).verdict;
}

function outcome(verdict: CommitVerdict): string {
  return verdict.kind === "refused" ? verdict.reason : verdict.kind;
}

describe.skipIf(!isInstalled("git") || !isInstalled("ssh-keygen", ["-?"]))(
  "a commit that git signed with an SSH key (needs git and ssh-keygen)",
  () => {
    const of = repository();
    const key = sshKey(of.folder, "ada");
    const id = signedCommit(of, key.path);
    const bytes = objectOf(of, id);
    const allowed = `ada@acme.example namespaces="git" ${key.line}\n`;

    it("is verified for the principal that the file allows", async () => {
      expect(await judge(bytes, id, allowed)).toMatchObject({ kind: "verified", by: "ssh", signer: { kind: "key" }, times: [] });
      const signers = join(of.folder, "allowed");
      writeFileSync(signers, allowed);
      expect(() => of.git(["-c", `gpg.ssh.allowedSignersFile=${signers}`, "verify-commit", id])).not.toThrow();
    });

    it("is refused under the id of another object, and unsigned", async () => {
      const second = signedCommit(of, key.path, { message: "two" });
      expect(outcome(await judge(bytes, second, allowed))).toBe("commit-mismatch");
      const plain = writeObject(of, bytes.toString("latin1").replace(/^gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/m, ""));
      expect(outcome(await judge(objectOf(of, plain), plain, allowed))).toBe("no-signature");
    });

    it("is refused with the signature of another commit", async () => {
      const second = signedCommit(of, key.path, { message: "three" });
      const header = /^gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/m;
      const [stolen = ""] = header.exec(objectOf(of, second).toString("latin1")) ?? [];
      const forged = writeObject(of, bytes.toString("latin1").replace(header, stolen));
      expect(outcome(await judge(objectOf(of, forged), forged, allowed))).toBe("signature");
    });

    it("is refused with two signatures, since nobody says which one counts", async () => {
      const [header = ""] = /^gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/m.exec(bytes.toString("latin1")) ?? [];
      const doubled = writeObject(of, bytes.toString("latin1").replace(header, header + header));
      expect(outcome(await judge(objectOf(of, doubled), doubled, allowed))).toBe("several-signatures");
    });

    it("is refused for a key that is not in the file, or is allowed to somebody else", async () => {
      const other = sshKey(of.folder, `other-${id.slice(0, 6)}`);
      expect(outcome(await judge(bytes, id, `ada@acme.example ${other.line}`))).toBe("key");
      expect(outcome(await judge(bytes, id, `bo@acme.example ${key.line}`))).toBe("principal");
      expect(outcome(await judge(bytes, id, `*@acme.example,!ada@acme.example ${key.line}`))).toBe("principal");
      expect(outcome(await judge(bytes, id, allowed, { identity: "bo@acme.example" }))).toBe("principal");
      expect(outcome(await judge(bytes, id, `bo@acme.example ${key.line}`, { identity: "bo@acme.example" }))).toBe("verified");
      expect(outcome(await judge(bytes, id, ""))).toBe("key");
    });

    it("is refused for who committed under another's name: the key is not allowed for that address", async () => {
      const posing = signedCommit(of, key.path, { by: bo, message: "posing" });
      expect(outcome(await judge(objectOf(of, posing), posing, allowed))).toBe("principal");
    });

    it("is refused for a key that may sign files only, or certificates only", async () => {
      expect(outcome(await judge(bytes, id, `ada@acme.example namespaces="file" ${key.line}`))).toBe("namespace");
      expect(outcome(await judge(bytes, id, `ada@acme.example cert-authority ${key.line}`))).toBe("key");
    });

    it("is refused where its own date is outside the window of the key, and untold where only its date is inside", async () => {
      const line = (options: string) => `ada@acme.example ${options} ${key.line}`;
      expect(outcome(await judge(bytes, id, line('valid-before="20260301Z"')))).toBe("key-window");
      expect(outcome(await judge(bytes, id, line('valid-after="20260302Z"')))).toBe("key-window");
      expect(outcome(await judge(bytes, id, line('valid-before="20260302Z"'), { now: Date.parse("2026-03-03T00:00:00Z") * 1000 }))).toBe(
        "unsettled",
      );
      expect(await judge(bytes, id, line('valid-after="20260201Z",valid-before="20270101Z"'))).toMatchObject({
        kind: "verified",
        notes: ["that the key was valid already is by the committer's own date"],
      });
    });

    it("is refused where the signature was made for another purpose", async () => {
      const file = join(of.folder, "payload");
      const plain = bytes.toString("latin1").replace(/^gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/m, "");
      writeFileSync(file, plain, "latin1");
      const signature = execFileSync("ssh-keygen", ["-Y", "sign", "-q", "-n", "file", "-f", key.path], { input: plain })
        .toString()
        .trimEnd();
      const forged = writeObject(of, plain.replace("\n\n", `\ngpgsig ${signature.replaceAll("\n", "\n ")}\n\n`));
      expect(outcome(await judge(objectOf(of, forged), forged, allowed))).toBe("namespace");
    });

    it.each([
      ["ecdsa", ["-t", "ecdsa", "-b", "256"]],
      ["ecdsa 384", ["-t", "ecdsa", "-b", "384"]],
      ["ecdsa 521", ["-t", "ecdsa", "-b", "521"]],
      ["rsa", ["-t", "rsa", "-b", "2048"]],
    ])("is verified by %s as well", async (name, type) => {
      const { path, line } = sshKey(of.folder, name.replace(" ", ""), type);
      const signed = signedCommit(of, path, { message: name });
      expect(outcome(await judge(objectOf(of, signed), signed, `ada@acme.example ${line}`))).toBe("verified");
    });

    it("is refused for a short RSA key", async () => {
      const { path, line } = sshKey(of.folder, "short", ["-t", "rsa", "-b", "1024"]);
      const signed = signedCommit(of, path, { message: "short" });
      expect(outcome(await judge(objectOf(of, signed), signed, `ada@acme.example ${line}`))).toBe("key");
    });

    it("is refused by an SSH certificate, and says so", async () => {
      const authority = sshKey(of.folder, "authority");
      const user = sshKey(of.folder, "user");
      execFileSync("ssh-keygen", ["-q", "-s", authority.path, "-I", "ada", "-n", "ada@acme.example", `${user.path}.pub`]);
      const signed = signedCommit(of, `${user.path}-cert.pub`, { message: "certificate" });
      const verdict = await judge(objectOf(of, signed), signed, `ada@acme.example cert-authority ${authority.line}`);
      expect(verdict).toMatchObject({ kind: "refused", reason: "unsupported-signature", detail: expect.stringContaining("certificate") });
    });

    it("is verified in a repository of SHA-256 objects", async () => {
      const wide = repository("sha256");
      const signed = signedCommit(wide, key.path);
      expect(signed.length).toBe(64);
      expect(outcome(await judge(objectOf(wide, signed), signed, allowed))).toBe("verified");
    });

    it("is believed by no change of a byte, and never throws", async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (index, change) => {
          const changed = Buffer.from(bytes.map((byte, at) => (at === index ? byte ^ change : byte)));
          const own = writeObject(of, changed);
          expect(outcome(await judge(changed, id, allowed))).toBe("commit-mismatch");
          const verdict = await judge(changed, own, allowed);
          // Armour and header may be written in more than one way; what is signed and by whom may not.
          if (verdict.kind === "verified")
            expect(changed.toString("latin1").split("-----END SSH SIGNATURE-----")[1]).toBe(
              bytes.toString("latin1").split("-----END SSH SIGNATURE-----")[1],
            );
        }),
        { numRuns: 60 },
      );
    });
  },
);

describe("an allowed_signers file", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx9Yk7S9dQ0gZ0ZJmQXkGmRkYB3QxX2m3d0K0J4n1uK";

  it("is read with options, quotes, comments and lists", () => {
    const text = `# people\n\nada@acme.example,bo@* namespaces="git,file",valid-after="20260101",VALID-BEFORE="202612312359Z" ${key} Ada's key\n"c d@acme.example" ${key}\n`;
    expect(readAllowedSigners(text)).toMatchObject({
      kind: "signers",
      signers: [
        {
          principals: ["ada@acme.example", "bo@*"],
          namespaces: ["git", "file"],
          validAfter: Date.parse("2026-01-01T00:00:00Z") * 1000,
          validBefore: Date.parse("2026-12-31T23:59:00Z") * 1000,
          certAuthority: false,
          line: 3,
        },
        { principals: ["c d@acme.example"], line: 4 },
      ],
    });
  });

  it.each([
    "ada@acme.example",
    `ada@acme.example valid-before="soon" ${key}`,
    `ada@acme.example unknown-option ${key}`,
    "ada@acme.example ssh-ed25519",
    "ada@acme.example ssh-ed25519 !!!!",
  ])("is refused in whole where a line cannot be read: %s", (line) => {
    expect(readAllowedSigners(`bo@acme.example ${key}\n${line}\n`)).toMatchObject({ kind: "refused", line: 2 });
  });

  it("matches patterns as OpenSSH does: whole texts, `*`, `?`, and `!` wins", () => {
    expect(namesText(["*@acme.example"], "ada@acme.example")).toBe(true);
    expect(namesText(["*@acme.example"], "ada@acme.example.evil")).toBe(false);
    expect(namesText(["a?a@*"], "ada@x")).toBe(true);
    expect(namesText(["!ada@*", "*"], "ada@x")).toBe(false);
    expect(namesText(["!ada@*"], "bo@x")).toBe(false);
    expect(namesText([""], "ada@x")).toBe(false);
  });

  it("matches patterns like their regular expressions, in no more than the product of the lengths", () => {
    const patterns = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(patterns, fc.array(fc.constantFrom("a", "b"), { maxLength: 8 }), (pattern, letters) => {
        const text = letters.join("");
        const regex = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(namesText([pattern], text)).toBe(regex.test(text));
      }),
    );
    expect(namesText([`${"*a".repeat(200)}b`], "a".repeat(50_000))).toBe(false);
  });
});
