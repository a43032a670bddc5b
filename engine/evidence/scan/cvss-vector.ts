/**
 * CVSS vectors, strictly: every metric with a value that its version knows, none twice, every base metric there. What does
 * not read so is no vector: a calculator that fills in what is absent would give a score that nobody assessed, 0 among them.
 *
 * Metrics and values: CVSS v2 guide, section 2; v3.0 and v3.1, table 15; v4.0, table 23. The order of metrics does not
 * count, although v4.0 prescribes one: it leaves no doubt.
 */

/** `base` is the vector with its base metrics only, in the order of the specification. */
export interface CvssVector {
  /** 2, 3, 3.1 or 4. */
  readonly version: number;
  readonly base: string;
}

interface Metrics {
  readonly prefix: string;
  readonly base: Readonly<Record<string, string>>;
  readonly other: Readonly<Record<string, string>>;
}

const requirements = { CR: "X H M L", IR: "X H M L", AR: "X H M L" };

const version3 = {
  base: { AV: "N A L P", AC: "L H", PR: "N L H", UI: "N R", S: "U C", C: "H L N", I: "H L N", A: "H L N" },
  other: {
    E: "X H F P U",
    RL: "X U W T O",
    RC: "X C R U",
    ...requirements,
    MAV: "X N A L P",
    MAC: "X L H",
    MPR: "X N L H",
    MUI: "X N R",
    MS: "X U C",
    MC: "X H L N",
    MI: "X H L N",
    MA: "X H L N",
  },
};

const versions: ReadonlyMap<number, Metrics> = new Map([
  [
    2,
    {
      prefix: "",
      base: { AV: "L A N", AC: "H M L", Au: "M S N", C: "N P C", I: "N P C", A: "N P C" },
      other: {
        E: "U POC F H ND",
        RL: "OF TF W U ND",
        RC: "UC UR C ND",
        CDP: "N L LM MH H ND",
        TD: "N L M H ND",
        CR: "L M H ND",
        IR: "L M H ND",
        AR: "L M H ND",
      },
    },
  ],
  [3, { prefix: "CVSS:3.0/", ...version3 }],
  [3.1, { prefix: "CVSS:3.1/", ...version3 }],
  [
    4,
    {
      prefix: "CVSS:4.0/",
      base: {
        AV: "N A L P",
        AC: "L H",
        AT: "N P",
        PR: "N L H",
        UI: "N P A",
        VC: "H L N",
        VI: "H L N",
        VA: "H L N",
        SC: "H L N",
        SI: "H L N",
        SA: "H L N",
      },
      other: {
        E: "X A P U",
        ...requirements,
        MAV: "X N A L P",
        MAC: "X L H",
        MAT: "X N P",
        MPR: "X N L H",
        MUI: "X N P A",
        MVC: "X H L N",
        MVI: "X H L N",
        MVA: "X H L N",
        MSC: "X H L N",
        MSI: "X S H L N",
        MSA: "X S H L N",
        S: "X N P",
        AU: "X N Y",
        R: "X A U I",
        V: "X D C",
        RE: "X L M H",
        U: "X Clear Green Amber Red",
      },
    },
  ],
]);

/** Longer than any vector with every metric in it. */
const longest = 512;

/** Vectors without a prefix are of version 2, which may stand in parentheses. Undefined: no vector. */
export function parseVector(text: string): CvssVector | undefined {
  if (text.length > longest) return undefined;
  const named = /^CVSS:(\d\.\d)\/(.*)$/s.exec(text);
  const version = named === null ? 2 : Number(named[1]);
  const metrics = versions.get(version);
  if (metrics === undefined) return undefined;
  const body = named?.[2] ?? /^\((.*)\)$/s.exec(text)?.[1] ?? text;
  const values = new Map<string, string>();
  for (const part of body.split("/")) {
    const [metric = "", value = "", ...more] = part.split(":");
    const known = own(metrics.base, metric) ?? own(metrics.other, metric);
    if (known === undefined || more.length > 0 || values.has(metric) || !known.split(" ").includes(value)) return undefined;
    values.set(metric, value);
  }
  const names = Object.keys(metrics.base);
  if (!names.every((metric) => values.has(metric))) return undefined;
  return { version, base: `${metrics.prefix}${names.map((metric) => `${metric}:${values.get(metric)}`).join("/")}` };
}

function own(metrics: Readonly<Record<string, string>>, metric: string): string | undefined {
  return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}
