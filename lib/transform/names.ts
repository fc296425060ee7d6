// Names: what the identifiers of one source text stand for, as far as its syntax tells.
//
// Limits: scopes are not told apart. A name that stands for two different things stands for nothing here, so a doubt
// ends in silence and not in a false alarm. In a notebook a name may come from an earlier cell: a name of the API
// that the text neither imports nor declares is taken for the API's.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { isPrimitive } from "./words.js";

const LABORATORY = "happens-before";

/** A class of the API, `foreign` for anything else, undefined when nothing is known. */
export type Meaning = string | "foreign" | undefined;

export class Names {
  readonly #imports = new Map<string, string>();
  readonly #declared = new Set<string>();
  readonly #meanings = new Map<string, Meaning>();
  readonly #functions = new Map<string, ts.FunctionLikeDeclaration | undefined>();

  /** True when `name` is the API's: imported from it, or neither imported nor declared here. */
  isOurs(name: string): boolean {
    const from = this.#imports.get(name);
    return from === undefined ? !this.#declared.has(name) : from === LABORATORY;
  }

  /** True when the text itself imports `name` from the API. */
  isImported(name: string): boolean {
    return this.#imports.get(name) === LABORATORY;
  }

  /** What the last name of an expression stands for: `mu`, `state.mu`, `this.mu`, `locks[0]`. */
  meaningOf(expression: ts.Expression): Meaning {
    const ts = compiler();
    if (ts.isIdentifier(expression)) return this.#meanings.get(expression.text);
    if (ts.isPropertyAccessExpression(expression)) return this.#meanings.get(expression.name.text);
    if (ts.isNonNullExpression(expression) || ts.isParenthesizedExpression(expression)) {
      return this.meaningOf(expression.expression);
    }
    if (ts.isNewExpression(expression)) return this.classOf(expression.expression);
    return undefined;
  }

  /** The function that `name` is declared to be, when there is just one. */
  functionOf(name: string): ts.FunctionLikeDeclaration | undefined {
    return this.#functions.get(name);
  }

  /** `Chan` for `Chan` of the API, `foreign` for another class. */
  classOf(expression: ts.Expression | ts.EntityName): Meaning {
    const ts = compiler();
    if (!ts.isIdentifier(expression)) return "foreign";
    return isPrimitive(expression.text) && this.isOurs(expression.text) ? expression.text : "foreign";
  }

  addImport(name: string, from: string): void {
    this.#imports.set(name, from);
  }

  addDeclaration(name: string): void {
    this.#declared.add(name);
  }

  addMeaning(name: string, meaning: Meaning): void {
    const known = this.#meanings.get(name);
    if (known === undefined || meaning === undefined) this.#meanings.set(name, known ?? meaning);
    else if (known !== meaning) this.#meanings.set(name, "foreign");
  }

  addFunction(name: string, declaration: ts.FunctionLikeDeclaration): void {
    this.#functions.set(name, this.#functions.has(name) ? undefined : declaration);
  }
}

/** Reads a whole text. Two passes: what is ours depends on the declarations. */
export function collectNames(file: ts.SourceFile): Names {
  const names = new Names();
  visitAll(file, (node) => collectDeclaration(node, names));
  visitAll(file, (node) => collectMeaning(node, names));
  return names;
}

/** Calls `visit` for every node below `root`, parents first. */
export function visitAll(root: ts.Node, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    visit(node);
    compiler().forEachChild(node, step);
  };
  compiler().forEachChild(root, step);
}

function collectDeclaration(node: ts.Node, names: Names): void {
  const ts = compiler();
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const from = node.moduleSpecifier.text;
    const { name, namedBindings } = node.importClause ?? {};
    if (name !== undefined) names.addImport(name.text, `${from} default`);
    if (namedBindings === undefined) return;
    if (ts.isNamespaceImport(namedBindings)) names.addImport(namedBindings.name.text, `${from} *`);
    for (const element of ts.isNamedImports(namedBindings) ? namedBindings.elements : []) {
      const isRenamed = element.propertyName !== undefined && element.propertyName.text !== element.name.text;
      names.addImport(element.name.text, isRenamed ? `${from} renamed` : from);
    }
  } else if (
    (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) &&
    ts.isIdentifier(node.name)
  ) {
    names.addDeclaration(node.name.text);
    const value = node.initializer;
    if (value !== undefined && (ts.isFunctionExpression(value) || ts.isArrowFunction(value))) {
      names.addFunction(node.name.text, value);
    }
  } else if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined) {
    names.addDeclaration(node.name.text);
    if (ts.isFunctionDeclaration(node)) names.addFunction(node.name.text, node);
  }
}

function collectMeaning(node: ts.Node, names: Names): void {
  const ts = compiler();
  if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node)) {
    if (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name)) {
      names.addMeaning(node.name.text, meaningOfDeclaration(node.type, node.initializer, names));
    }
  } else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
    names.addMeaning(node.name.text, meaningOfDeclaration(undefined, node.initializer, names));
  } else if (ts.isPropertySignature(node) && ts.isIdentifier(node.name)) {
    names.addMeaning(node.name.text, meaningOfDeclaration(node.type, undefined, names));
  } else if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(node.left)
  ) {
    names.addMeaning(node.left.name.text, meaningOfDeclaration(undefined, node.right, names));
  }
}

function meaningOfDeclaration(
  type: ts.TypeNode | undefined,
  value: ts.Expression | undefined,
  names: Names,
): Meaning {
  const ts = compiler();
  if (type !== undefined) return ts.isTypeReferenceNode(type) ? names.classOf(type.typeName) : "foreign";
  if (value === undefined) return undefined;
  if (ts.isNewExpression(value)) return names.classOf(value.expression);
  const isPlainValue =
    ts.isLiteralExpression(value) || ts.isFunctionLike(value) || ts.isArrayLiteralExpression(value);
  return isPlainValue ? "foreign" : names.meaningOf(value);
}
