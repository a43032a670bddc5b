/** A certificate for 127.0.0.1 that signs itself, made anew each time. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Key and certificate in PEM; undefined, and said on stderr, where there is no `openssl`. */
export function localCertificate(): { readonly key: string; readonly cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "waybill-tls-"));
  try {
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const names = ["-subj", "/CN=waybill test", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
    execFileSync("openssl", [...words, ...names, ...files], { stdio: "ignore" });
    return { key: readFileSync(join(folder, "key.pem"), "utf8"), cert: readFileSync(join(folder, "cert.pem"), "utf8") };
  } catch {
    process.stderr.write("skipped: certificates of a registry: openssl is not on PATH\n");
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
