// Operations: whether a call makes an `Op`. By its type, when typescript-eslint has a program; else by the table of the
// API's words and what the text itself says about the receiver.
import { isOpFunction, isOpMethod, isPrimitive } from "../transform/index.js";
import {
  functionAround,
  importedName,
  importsTheLibrary,
  type Node,
  type ParserServices,
  type SourceCode,
  type Type,
  type TypeChecker,
  variableOf,
} from "./estree.js";

/** Returns the test for one file. */
export function operationTest(sourceCode: SourceCode): (call: Node) => boolean {
  const services = sourceCode.parserServices;
  const checker = services?.program?.getTypeChecker();
  if (services !== undefined && checker !== undefined) return (call) => isOpByType(call, services, checker);
  const isUser = importsTheLibrary(sourceCode.ast);
  return (call) => isUser && isOpByWords(call, sourceCode);
}

function isOpByType(call: Node, services: ParserServices, checker: TypeChecker): boolean {
  const type = checker.getTypeAtLocation(services.esTreeNodeToTSNodeMap?.get(call));
  return isOp(type, checker);
}

/** `Op` has `must: true`, and so has nothing else. */
function isOp(type: Type, checker: TypeChecker): boolean {
  if (type.types !== undefined && type.getProperty("must") === undefined) {
    return type.types.some((part) => isOp(part, checker));
  }
  const must = type.getProperty("must");
  return must !== undefined && checker.typeToString(checker.getTypeOfSymbol(must)) === "true";
}

function isOpByWords(call: Node, sourceCode: SourceCode): boolean {
  const callee = call["callee"] as Node;
  if (callee.type === "Identifier") {
    const name = importedName(variableOf(callee, sourceCode));
    return name !== undefined && isOpFunction(name);
  }
  if (callee.type !== "MemberExpression" || callee["computed"] === true) return false;
  const method = (callee["property"] as Node)["name"] as string;
  const meaning = classOf(callee["object"] as Node, sourceCode);
  if (meaning === "foreign") return false;
  // A word that tells by itself counts in goroutines only: sockets have `send` too.
  if (meaning === undefined && functionAround(call)?.["generator"] !== true) return false;
  return isOpMethod(method, meaning);
}

/** The API's class of a receiver, `foreign` for another one, undefined when the text does not say. */
function classOf(object: Node, sourceCode: SourceCode): string | undefined {
  if (object.type === "NewExpression") return className(object["callee"] as Node, sourceCode);
  if (object.type !== "Identifier") return undefined;
  const variable = variableOf(object, sourceCode);
  const definition = variable?.defs[0];
  if (definition === undefined) return undefined;
  if (definition.type === "ImportBinding")
    return importedName(variable) === undefined ? undefined : "foreign";
  const name = (
    definition.type === "Parameter" ? parameterOf(definition.node, variable?.name) : definition.node["id"]
  ) as Node | undefined;
  const annotation = (name?.["typeAnnotation"] as Node | undefined)?.["typeAnnotation"] as Node | undefined;
  if (annotation?.type === "TSTypeReference") return className(annotation["typeName"] as Node, sourceCode);
  const init = definition.node["init"] as Node | null | undefined;
  return init?.type === "NewExpression" ? className(init["callee"] as Node, sourceCode) : undefined;
}

function parameterOf(around: Node, name: string | undefined): Node | undefined {
  return (around["params"] as Node[] | undefined)?.find((param) => param["name"] === name);
}

function className(name: Node, sourceCode: SourceCode): string | undefined {
  if (name.type !== "Identifier") return "foreign";
  const imported = importedName(variableOf(name, sourceCode));
  return imported !== undefined && isPrimitive(imported) ? imported : "foreign";
}
