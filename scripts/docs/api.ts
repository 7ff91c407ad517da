import { readFile } from "node:fs/promises";
import { type DeclarationReflection, ReflectionKind } from "typedoc";
import { parse } from "yaml";
import { bodySchema, type Document, eachEvent, eachOperation, nameIn } from "../spec/schema.ts";
import { answerOf, type Linker, type Method, methodsOf, requestOf } from "./methods.ts";
import type { Reference } from "./reference.ts";

/** An API: its spec and the class of its client. */
interface Service {
  readonly title: string;
  readonly spec: string;
  readonly module: string;
  readonly facade: string;
}

const SERVICES: readonly Service[] = [
  { title: "Authsignal", spec: "authsignal", module: "index", facade: "Authsignal" },
  { title: "Call Connect", spec: "call-connect", module: "index", facade: "CallConnect" },
  { title: "Authy", spec: "authy", module: "authy", facade: "AuthyApiClient" },
];

const INTRODUCTION = `<!-- Written by \`make generate\` from openapi/ and src/. -->

# API

Every operation of the three APIs: the method that calls it, what that takes and gives, and its endpoint. Methods and types
lead to the reference, endpoints to their places in the specs. Every method also takes [options](README.md#options) for this
one call, and rejects with an [error](README.md#errors). The same endpoints, by path and verb, are in the
[typed client](README.md#three-ways-in).`;

/** Writes the text of `api.md`. `folder` is that of the reference. */
export async function apiIndex(reference: Reference, folder: string): Promise<string> {
  const link: Linker = (text, target) => {
    const place = target && reference.placeOf(target);
    return place === undefined ? `\`${text}\`` : `[\`${text}\`](${folder}${place})`;
  };
  const sections = await Promise.all(SERVICES.map((service) => sectionOf(service, reference, link)));
  return `${[INTRODUCTION, ...sections.flat()].join("\n\n")}\n`;
}

async function sectionOf({ title, spec, module, facade }: Service, { project }: Reference, link: Linker) {
  const file = `openapi/${spec}.yaml`;
  const document: Document = parse(await readFile(new URL(`../../${file}`, import.meta.url), "utf8"));
  const entry = childOf(project.getChildrenByKind(ReflectionKind.Module), module);
  const client = childOf(entry.children, facade);
  const methods = methodsOf(client);
  const operations = eachOperation(document);
  const operationRow = rowWriter(file, methods, link);

  const groups = (document.tags ?? []).map(({ name, description }) => {
    const members = operations.filter(({ operation }) => operation.tags?.includes(name));
    const rows = members.length > 0 ? members.map(operationRow) : eventRows(file, document, entry, link);
    const heading = `### ${title}: ${name.replace(/(?<=[a-z])(?=[A-Z])/, " ")}\n\n${description}\n\n`;
    return heading + table(members.length > 0 ? OPERATION : EVENT, rows);
  });
  const names = operations.map(({ operation }) => operation.operationId);
  const others = [...methods].flatMap(([name, method]) => (names.includes(name) ? [] : [otherRow(method, link)]));
  return [
    `## ${title}`,
    `${link(facade, client)} · [\`${file}\`](${file}) · \`${document.servers.map(({ url }) => url).join("` `")}\``,
    ...groups,
    ...(others.length > 0 ? [`### ${title}: beside the operations\n\n${table(OTHER, others)}`] : []),
  ];
}

const OPERATION = ["Method", "What it does", "Takes", "Gives", "Endpoint"];
const EVENT = ["Event", "When", "Type"];
const OTHER = OPERATION.slice(0, -1);

function rowWriter(file: string, methods: ReadonlyMap<string, Method>, link: Linker) {
  return ({ path, method: verb, operation }: ReturnType<typeof eachOperation>[number]): string[] => {
    const { operationId, summary = "" } = operation;
    const method = methods.get(operationId);
    const endpoint = `[\`${verb} ${path}\`](${placeIn(file, "paths", path, verb.toLowerCase())})`;
    if (!method) return ["only in the typed client", summary, "", "", endpoint];
    const [label, ...types] = [link(method.label, method.reflection), requestOf(method, link), answerOf(method, link)];
    return [label, summary, ...types, endpoint];
  };
}

function eventRows(file: string, document: Document, entry: DeclarationReflection, link: Linker): string[][] {
  return eachEvent(document).map(({ type, content, summary = "" }) => {
    const name = nameIn(bodySchema(content)?.$ref ?? "");
    return [
      `[\`${type}\`](${placeIn(file, "webhooks", type, "post")})`,
      summary,
      link(name, childOf(entry.children, name)),
    ];
  });
}

function otherRow(method: Method, link: Linker): string[] {
  const { label, reflection, summary } = method;
  return [link(label, reflection), summary, requestOf(method, link), answerOf(method, link)];
}

/** Writes a link to a place in a spec as a JSON Pointer (RFC 6901), which other changes do not move. */
function placeIn(file: string, ...keys: string[]): string {
  return encodeURI(`${file}#/${keys.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`);
}

function childOf(children: readonly DeclarationReflection[] | undefined, name: string): DeclarationReflection {
  const child = children?.find((one) => one.name === name);
  if (!child) throw new Error(`The reference has no ${name}`);
  return child;
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
