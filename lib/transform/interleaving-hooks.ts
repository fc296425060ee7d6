// The hooks of Node's loader that apply the directive. Loaded by interleaving-register.ts, on Node 20 in a thread of
// its own.
//
// A file with the directive is transformed. A TypeScript file without it is left to Node, except where Node cannot run
// it: there its types are removed. Everything else passes.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileModule } from "./compile.js";
import { blindText, hasDirective } from "./interleaving.js";
import { transformFile } from "./interleaving-vite.js";

interface Loaded {
  readonly format: string;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null;
  readonly shortCircuit?: boolean;
}

type Context = Record<string, unknown>;

/** The hook of `module.registerHooks`. */
export function loadSync(
  url: string,
  context: Context,
  next: (url: string, context?: Context) => Loaded,
): Loaded {
  return own(url) ?? next(url, context);
}

/** The hook of `module.register`. */
export async function load(
  url: string,
  context: Context,
  next: (url: string, context?: Context) => Promise<Loaded>,
): Promise<Loaded> {
  return own(url) ?? (await next(url, context));
}

function own(url: string): Loaded | undefined {
  if (!url.startsWith("file:") || url.includes("/node_modules/") || !/\.m?[jt]s(?:[?#].*)?$/.test(url))
    return undefined;
  const file = fileURLToPath(url.replace(/[?#].*$/, ""));
  const source = readFileSync(file, "utf8");
  if (hasDirective(source)) {
    const { code, map, blind } = transformFile(source, file);
    if (blind.length > 0) process.emitWarning(blindText(blind, file).trimEnd(), "InterleavingWarning");
    return { format: "module", source: withMap(code, map), shortCircuit: true };
  }
  const isForNode = !/\.m?ts$/.test(file) || Reflect.get(process.features, "typescript");
  return isForNode
    ? undefined
    : { format: "module", source: compileModule(source, file).code, shortCircuit: true };
}

function withMap(code: string, map: string): string {
  const text = Buffer.from(map).toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${text}\n`;
}
