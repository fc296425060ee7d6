// happens-before/no-unyielded-op: an operation that is made and that nothing performs.
//
// `mu.lock();` compiles, and locks nothing: an `Op` only describes what `yield*` would do. Fine are: `yield* op`, an
// operation that is returned, passed on, stored, or kept in a variable that somebody reads.
import { type Context, type Fixer, functionAround, type Node, type Rule, variableOf } from "./estree.js";
import { operationTest } from "./operations.js";

/** What becomes of an operation. */
type Fate = "fine" | "dropped" | "awaited" | "yielded" | "used" | "unread";

export const noUnyieldedOp: Rule = {
  meta: {
    type: "problem",
    docs: { description: "require `yield*` before every operation of happens-before", recommended: true },
    hasSuggestions: true,
    messages: {
      dropped:
        "`{{call}}` only describes an operation, and nothing performs it. Write `yield* {{call}}`{{where}}.",
      awaited:
        "`{{call}}` is an operation, not a promise: `await` does nothing to it. Write `yield* {{call}}`{{where}}.",
      yielded: "`yield` without a star does not perform `{{call}}`. Write `yield* {{call}}`.",
      used: "`{{call}}` is an operation, not its value. Write `(yield* {{call}})`{{where}}.",
      unread: "the operation `{{call}}` is kept and nothing performs it. Write `yield* {{call}}`{{where}}.",
      perform: "Write `yield* {{call}}`.",
    },
    schema: [],
  },

  create(context) {
    const isOperation = operationTest(context.sourceCode);
    return {
      CallExpression(call: Node) {
        const { fate, node } = fateOf(call, context);
        if (fate !== "fine" && isOperation(call)) report(context, call, fate, node);
      },
    };
  },
};

/** Follows the value of a call outwards. `node` is the expression that the fate is about. */
function fateOf(call: Node, context: Context): { fate: Fate; node: Node } {
  let node = call;
  for (;;) {
    const parent = node.parent;
    switch (parent.type) {
      case "ChainExpression":
      case "TSNonNullExpression":
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
        break;
      case "ConditionalExpression":
        if (parent["test"] === node) return { fate: "used", node };
        break;
      case "LogicalExpression":
        if (parent["left"] === node && parent["operator"] !== "??") return { fate: "used", node };
        break;
      case "SequenceExpression":
        if ((parent["expressions"] as Node[]).at(-1) !== node) return { fate: "dropped", node };
        break;
      default:
        return { fate: fateIn(parent, node, context), node };
    }
    node = parent;
  }
}

const USES =
  /^(?:BinaryExpression|UpdateExpression|TemplateLiteral|SpreadElement|IfStatement|WhileStatement|DoWhileStatement|SwitchStatement|ForOfStatement|ForInStatement|ThrowStatement)$/;

function fateIn(parent: Node, node: Node, context: Context): Fate {
  switch (parent.type) {
    case "YieldExpression":
      return parent["delegate"] === true ? "fine" : "yielded";
    case "AwaitExpression":
      return "awaited";
    case "ExpressionStatement":
      return "dropped";
    case "UnaryExpression":
      return parent["operator"] === "void" ? "dropped" : "used";
    case "ForStatement":
      return parent["test"] === node ? "used" : "dropped";
    case "MemberExpression":
      return parent["object"] === node && !isKnownMember(parent) ? "used" : "fine";
    case "VariableDeclarator":
      return fateInVariable(parent["id"] as Node, context);
    case "AssignmentExpression":
      return /Pattern$/.test((parent["left"] as Node).type) ? "used" : "fine";
    case "ArrowFunctionExpression":
      return isArgumentOfForEach(parent) ? "dropped" : "fine";
    default:
      return USES.test(parent.type) ? "used" : "fine";
  }
}

/** `const { ok } = ch.recvOk()` takes the operation apart; a variable that nobody reads performs nothing. */
function fateInVariable(id: Node, context: Context): Fate {
  if (id.type !== "Identifier") return "used";
  const variable = variableOf(id, context.sourceCode);
  const isExported = id.parent.parent?.parent?.type === "ExportNamedDeclaration";
  const isRead = variable?.references.some((reference) => reference.isRead()) ?? true;
  return isRead || isExported ? "fine" : "unread";
}

/** `op.must`, `op[Symbol.iterator]()`: somebody who knows what an operation is. */
function isKnownMember(member: Node): boolean {
  return member["computed"] === true || (member["property"] as Node)["name"] === "must";
}

/** `list.forEach((x) => ch.send(x))`: what the arrow returns is thrown away. */
function isArgumentOfForEach(arrow: Node): boolean {
  const call = arrow.parent;
  if (call.type !== "CallExpression" || (call["arguments"] as Node[])[0] !== arrow) return false;
  const callee = call["callee"] as Node;
  return callee.type === "MemberExpression" && (callee["property"] as Node)["name"] === "forEach";
}

function report(context: Context, call: Node, fate: Exclude<Fate, "fine">, node: Node): void {
  const text = context.sourceCode.getText(call).replace(/\s+/g, " ");
  const shown = text.length <= 60 ? text : `${text.slice(0, 40)} … ${text.slice(-15)}`;
  const isInGenerator = functionAround(call)?.["generator"] === true;
  const data = { call: shown, where: isInGenerator ? "" : " inside a `function*`" };
  const suggest = isInGenerator ? [{ messageId: "perform", data, fix: fixOf(call, fate, node) }] : [];
  context.report({ node: call, messageId: fate, data, suggest });
}

function fixOf(call: Node, fate: Fate, node: Node): (fixer: Fixer) => unknown {
  const { parent } = node;
  if (fate === "awaited" || fate === "yielded") {
    return (fixer) => fixer.replaceTextRange([parent.range[0], node.range[0]], "yield* ");
  }
  const isWhole = parent.type === "ExpressionStatement" || parent.type === "VariableDeclarator";
  const isCall = node === call || node["expression"] === call;
  if (isWhole && isCall) return (fixer) => fixer.insertTextBefore(call, "yield* ");
  return (fixer) => [fixer.insertTextBefore(call, "(yield* "), fixer.insertTextAfter(call, ")")];
}
