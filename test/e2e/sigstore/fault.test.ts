/** A registry that does not answer as it should is a fault (exit 3): never an allow, and never "denied by the policy". */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { asksForAttached, type Fault, startFaultyRegistry } from "./faults.ts";
import type { Pushed } from "./image.ts";
import { release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { describeWith } from "./tools.ts";

const faults: readonly { readonly what: string; readonly fault: Fault }[] = [
  {
    what: "is busy",
    fault: (request, response) => {
      if (!asksForAttached(request)) return false;
      response.writeHead(429, { "retry-after": "0" }).end();
      return true;
    },
  },
  {
    what: "wants to know who asks",
    fault: (_, response) => {
      response.writeHead(401, { "www-authenticate": 'Basic realm="acme"' }).end();
      return true;
    },
  },
  {
    what: "fails",
    fault: (request, response) => {
      if (!asksForAttached(request)) return false;
      response.writeHead(500).end();
      return true;
    },
  },
  {
    what: "sends half a body",
    fault: (request, response) => {
      if (!asksForAttached(request)) return false;
      response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json", "content-length": 4096 });
      response.write('{"schemaVersion":2,');
      response.socket?.end();
      return true;
    },
  },
  {
    what: "hangs up",
    fault: (_, response) => {
      response.socket?.destroy();
      return true;
    },
  },
  {
    what: "is behind a portal whose page answers for the list of what is attached",
    fault: (request, response) => {
      if (!/\/referrers\//.test(request.url ?? "")) return false;
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>");
      return true;
    },
  },
  {
    what: "is behind a portal that calls its page a list",
    fault: (request, response) => {
      if (!asksForAttached(request)) return false;
      response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json" }).end("<html>Log in</html>");
      return true;
    },
  },
  {
    what: "does not understand who asks for the list of what is attached",
    fault: (request, response) => {
      if (!/\/referrers\//.test(request.url ?? "")) return false;
      response.writeHead(400).end();
      return true;
    },
  },
  {
    what: "keeps a blob from us",
    fault: (request, response) => {
      if (!/\/blobs\//.test(request.url ?? "")) return false;
      response.writeHead(503).end();
      return true;
    },
  },
];

describe.each(["registry", "refreg"] as const)("%s", (kind) => {
  describeWith(["cosign", kind], `the gate before a faulty ${kind}`, () => {
    const scope = suiteScope();
    let at: Site;
    let image: Pushed;
    beforeAll(async () => {
      at = await site(scope, kind, "key");
      image = await release(at.cosign, at.signing, at.registry, "acme/shop", "whole");
      expect(await at.gate(image.reference)).toMatchObject({ code: 0 });
    });

    it.each(faults)("reports a registry that $what as a fault: neither allowed nor denied by the policy", async ({ fault }) => {
      const faulty = await startFaultyRegistry(scope, at.registry);
      faulty.set(fault);
      const verdict = await at.gate(image.reference.replace(at.registry.host, faulty.registry.host));
      expect(verdict).toMatchObject({ code: 3, reason: "fault" });
      expect(verdict.effect).not.toBe("allow");
    });

    it("reports a registry that nobody listens at as a fault", async () => {
      const verdict = await at.gate(image.reference.replace(at.registry.host, "127.0.0.1:1"));
      expect(verdict).toMatchObject({ code: 3, reason: "fault" });
    });

    it("does not carry a password to the host it is sent to", async () => {
      const faulty = await startFaultyRegistry(scope, at.registry);
      const thief = await startFaultyRegistry(scope, at.registry);
      faulty.set((request, response) => {
        if (request.headers.authorization === undefined) response.writeHead(401, { "www-authenticate": 'Basic realm="acme"' }).end();
        else response.writeHead(307, { location: `${thief.registry.url}${request.url}` }).end();
        return true;
      });
      const home = await scope.folder();
      const auth = Buffer.from("ada:secret").toString("base64");
      await writeFile(join(home, "config.json"), JSON.stringify({ auths: { [faulty.registry.host]: { auth } } }));
      const reference = image.reference.replace(at.registry.host, faulty.registry.host);
      await at.gate(reference, [], { DOCKER_CONFIG: home });
      expect(faulty.requests.some(({ authorization }) => authorization === `Basic ${auth}`)).toBe(true);
      expect(thief.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    });
  });
});
