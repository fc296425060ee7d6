// Imports: what `import`, `import()`, `require` and `import.meta` mean in a cell. Modules resolve from the project's
// root, wherever the notebook lies; files that code opens are found from the notebook's folder.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { tslabModule } from "./tslab-module.js";

type Namespace = Record<string, unknown>;
type Import = (specifier: string) => Promise<Namespace>;

export class Imports {
  readonly require: NodeJS.Require;
  readonly #import: Import;

  constructor(root: string) {
    const here = join(root, "cell.js");
    this.require = createRequire(here);
    // Node's own loader, as if the import stood in a file of the root folder.
    this.#import = new vm.Script("(specifier) => import(specifier)", {
      filename: here,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext() as Import;
  }

  /** Loads a module. Names that Node does not find in a CommonJS module are taken from its `module.exports`. */
  readonly load = async (specifier: unknown, names: readonly string[] = []): Promise<Namespace> => {
    if (specifier === "tslab") return tslabModule as unknown as Namespace;
    const namespace = await this.#import(String(specifier));
    const whole = namespace["default"] as Namespace | null | undefined;
    const hidden = names.filter((name) => !(name in namespace));
    if (hidden.length === 0 || whole === null || whole === undefined) return namespace;
    return { ...namespace, ...Object.fromEntries(hidden.map((name) => [name, whole[name]])) };
  };

  meta(file: string): object {
    const filename = join(process.cwd(), file);
    return {
      url: pathToFileURL(filename).href,
      dirname: process.cwd(),
      filename,
      resolve: this.require.resolve,
    };
  }
}
