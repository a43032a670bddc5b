/** Signing of our own statements keyless: a certificate for an OIDC token, by the Sigstore services that a signing config names. */
import { createHash } from "node:crypto";
import { bundleToJSON } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { HashAlgorithm, type Service, ServiceSelector, SigningConfig } from "@sigstore/protobuf-specs";
import {
  CIContextProvider,
  DSSEBundleBuilder,
  FulcioSigner,
  RekorWitness,
  type SignatureBundle,
  TSAWitness,
  type Witness,
} from "@sigstore/sign";

/** Signs an in-toto statement; gives the bytes of a Sigstore bundle. Rejects with what the services said. */
export type KeylessSigner = (statement: object) => Promise<Uint8Array>;

/** Milliseconds for one request; Rekor v2 answers when its next checkpoint is out. */
const timeout = 20_000;
const retry = { retries: 2 };

/**
 * A signer by a signing config (sigstore/protobuf-specs, `SigningConfig` v0.2, in JSON), or what is wrong with it. Without a
 * token, that of the CI is asked for. One service of each kind is used: where the config wants more, it is refused.
 */
export function keylessSigner(config: string, token: string | undefined, now: Date): KeylessSigner | string {
  let read: SigningConfig;
  try {
    read = SigningConfig.fromJSON(JSON.parse(config));
  } catch {
    return "it is no signing config of Sigstore";
  }
  const authority = newest(read.caUrls, 1, now);
  if (authority === undefined) return "it names no certificate authority that is valid now";
  const witnesses: Witness[] = [];
  const wanted = [
    { choice: read.rekorTlogConfig, services: read.rekorTlogUrls, version: 2, what: "transparency log", make: logWitness },
    { choice: read.tsaConfig, services: read.tsaUrls, version: 1, what: "timestamp authority", make: timeWitness },
  ];
  for (const { choice, services, version, what, make } of wanted) {
    if (choice === undefined || choice.selector === ServiceSelector.SERVICE_SELECTOR_UNDEFINED) continue;
    const one = choice.selector === ServiceSelector.ANY || (choice.selector === ServiceSelector.EXACT && choice.count === 1);
    const service = newest(services, version, now);
    if (!one && services.length > 1) return `it wants more than one ${what}, and one is used`;
    if (service === undefined) return `it names no ${what} that is valid now`;
    witnesses.push(make(service));
  }
  const identityProvider = token === undefined ? new CIContextProvider("sigstore") : { getToken: async () => token };
  return async (statement) => {
    const signer = new FulcioSigner({ fulcioBaseURL: authority.url, identityProvider, timeout, retry });
    const artifact = { data: Buffer.from(JSON.stringify(statement)), type: "application/vnd.in-toto+json" };
    const bundle = await new DSSEBundleBuilder({ signer, witnesses }).create(artifact);
    return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
  };
}

/** The service whose validity began last, of those whose interface is known. */
function newest(services: readonly Service[], version: number, now: Date): Service | undefined {
  const begins = ({ validFor }: Service): number => validFor?.start?.getTime() ?? 0;
  return services
    .filter(({ majorApiVersion, validFor }) => majorApiVersion <= version && (validFor?.end === undefined || validFor.end >= now))
    .sort((a, b) => begins(b) - begins(a))[0];
}

function timeWitness({ url }: Service): Witness {
  return new TSAWitness({ tsaBaseURL: url, timeout, retry });
}

/**
 * Rekor v2 takes signatures over envelopes as entries of kind `hashedrekord` over the pre-authentication encoding; the
 * library still sends it the kind `dsse`, which newer logs refuse.
 */
function logWitness({ url, majorApiVersion }: Service): Witness {
  const rekor = new RekorWitness({ rekorBaseURL: url, majorApiVersion, timeout, retry });
  return majorApiVersion < 2 ? rekor : { testify: (content, publicKey) => rekor.testify(overEncoding(content), publicKey) };
}

function overEncoding(content: SignatureBundle): SignatureBundle {
  if (content.$case !== "dsseEnvelope") return content;
  const { payloadType, payload, signatures } = content.dsseEnvelope;
  const digest = createHash("sha256").update(dsse.preAuthEncoding(payloadType, payload)).digest();
  return {
    $case: "messageSignature",
    messageSignature: { messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest }, signature: signatures[0]?.sig ?? Buffer.alloc(0) },
  };
}
