// The part of ESLint and its syntax trees that the rules use, as types: the plugin imports nothing of ESLint, so it
// runs under 9 and 10, and whoever does not lint does not need it.

/** A node of ESTree or of typescript-eslint's trees. */
export interface Node {
  readonly type: string;
  readonly parent: Node;
  readonly range: readonly [number, number];
  readonly [property: string]: unknown;
}

export interface Definition {
  readonly type: string;
  readonly node: Node;
  readonly parent: Node | null;
}

export interface Reference {
  readonly identifier: Node;
  readonly resolved: Variable | null;
  isRead(): boolean;
}

export interface Variable {
  readonly name: string;
  readonly defs: readonly Definition[];
  readonly references: readonly Reference[];
}

export interface Scope {
  readonly set: ReadonlyMap<string, Variable>;
  readonly upper: Scope | null;
}

export interface Fixer {
  insertTextBefore(node: Node, text: string): unknown;
  insertTextAfter(node: Node, text: string): unknown;
  replaceTextRange(range: readonly [number, number], text: string): unknown;
}

/** What typescript-eslint adds when it has a program; the types are those of TypeScript, as far as they are used. */
export interface ParserServices {
  readonly program?: { getTypeChecker(): TypeChecker } | null;
  readonly esTreeNodeToTSNodeMap?: { get(node: Node): unknown };
}

export interface TypeChecker {
  getTypeAtLocation(node: unknown): Type;
  getTypeOfSymbol(symbol: unknown): Type;
  typeToString(type: Type): string;
}

export interface Type {
  readonly types?: readonly Type[];
  getProperty(name: string): unknown;
}

export interface SourceCode {
  readonly ast: Node;
  readonly parserServices?: ParserServices;
  getText(node: Node): string;
  getScope(node: Node): Scope;
}

export interface Context {
  readonly sourceCode: SourceCode;
  report(problem: {
    readonly node: Node;
    readonly messageId: string;
    readonly data?: Readonly<Record<string, string>>;
    readonly suggest?: readonly {
      readonly messageId: string;
      readonly data?: Readonly<Record<string, string>>;
      fix(fixer: Fixer): unknown;
    }[];
  }): void;
}

export interface Rule {
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string; readonly recommended: true };
    readonly hasSuggestions: boolean;
    readonly messages: Readonly<Record<string, string>>;
    readonly schema: readonly [];
  };
  create(context: Context): Record<string, (node: never) => void>;
}

const FUNCTION = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** The nearest function around a node; undefined at the top level and in a class's fields. */
export function functionAround(node: Node): Node | undefined {
  for (let at: Node | null = node.parent; at !== null && at !== undefined; at = at.parent) {
    if (FUNCTION.test(at.type)) return at;
    if (at.type === "PropertyDefinition" || at.type === "StaticBlock") return undefined;
  }
  return undefined;
}

/** The variable that an identifier means. */
export function variableOf(identifier: Node, sourceCode: SourceCode): Variable | undefined {
  for (let scope: Scope | null = sourceCode.getScope(identifier); scope !== null; scope = scope.upper) {
    const found = scope.set.get(identifier["name"] as string);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name under which "happens-before" exports what a variable was imported as; undefined for everything else. */
export function importedName(variable: Variable | undefined): string | undefined {
  const definition = variable?.defs[0];
  if (definition?.type !== "ImportBinding" || definition.node.type !== "ImportSpecifier") return undefined;
  const { source } = definition.parent as unknown as { source: { value: unknown } };
  if (source.value !== "happens-before") return undefined;
  const imported = definition.node["imported"] as Node;
  return String(imported["name"] ?? imported["value"]);
}

/** True for a text that imports from "happens-before". */
export function importsTheLibrary(program: Node): boolean {
  return (program["body"] as Node[]).some(
    (node) => node.type === "ImportDeclaration" && (node["source"] as Node)["value"] === "happens-before",
  );
}
