/** Words that options take, in one place for the command table and for completion. */

export const diagnosticFormats = ["text", "json", "sarif", "github"] as const;
export const testFormats = ["text", "json", "junit", "tap"] as const;
export const gateFormats = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"] as const;
export const shells = ["bash", "zsh", "fish"] as const;
export const newKinds = ["policy", "licences", "findings", "pods", "workflow"] as const;
/** What `build` compiles to. */
export const buildTargets = ["identity", "seccomp"] as const;
export const feedKinds = ["epss", "kev", "cve", "osv", "reachability", "requirements", "vex"] as const;
