import { type Grammar, grammar } from 'ohm-js';

let compiled: Grammar | undefined;

/**
 * Python's expressions without calls of methods, indexing, lambdas and the like. Precedence from loosest to tightest:
 * or, and, not, comparisons (chained), + -, * / %, unary sign, ** (right to left, its right side may have a sign).
 * The lists of operands are flat so that long sums do not nest.
 * Compiled at first use: it takes longer than all that commands without an expression do.
 */
export function expressionGrammar(): Grammar {
  compiled ??= grammar(source);
  return compiled;
}

const source = String.raw`
  Expression {
    Whole = Or end

    Or = NonemptyListOf<And, orSign>
    And = NonemptyListOf<Not, andSign>
    Not = notSign Not  -- not
        | Comparison
    Comparison = Sum (comparison Sum)*
    Sum = Product (addition Product)*
    Product = Unary (multiplication Unary)*
    Unary = ("-" | "+") Unary  -- sign
          | Power
    Power = Primary "**" Unary  -- power
          | Primary

    Primary = "(" Or ")"  -- group
            | "(" Or "," ListOf<Or, ","> ","? ")"  -- tuple
            | "[" ListOf<Or, ","> ","? "]"  -- list
            | name "(" ListOf<Or, ","> ","? ")"  -- call
            | number
            | text
            | constant
            | Reference
    Reference = name ("." key)*

    orSign = "||" | word<"or">
    andSign = "&&" | word<"and">
    notSign = "!" ~"=" | word<"not">
    comparison = "<=" | ">=" | "==" | "!=" | "<" | ">" | word<"in"> | notIn
    notIn = word<"not"> space+ word<"in">
    addition = "+" | "-"
    multiplication = "*" ~"*" | "/" ~"/" | "%"

    word<spelling> = spelling ~nameRest
    keyword = word<"or"> | word<"and"> | word<"not"> | word<"in"> | constant
    constant = word<"true"> | word<"True"> | word<"false"> | word<"False"> | word<"null"> | word<"None">
    name = ~keyword nameStart nameRest*
    key = nameStart nameRest*
    nameStart = letter | "_"
    nameRest = alnum | "_"

    number = digit+ "." digit* exponent?  -- point
           | "." digit+ exponent?  -- fraction
           | digit+ exponent?  -- whole
    exponent = ("e" | "E") ("+" | "-")? digit+

    text = "'" singleCharacter* "'"  -- single
         | "\"" doubleCharacter* "\""  -- double
    singleCharacter = escape | ~("'" | "\\" | "\n") any
    doubleCharacter = escape | ~("\"" | "\\" | "\n") any
    escape = "\\" ("\\" | "'" | "\"" | "n" | "t")
  }
`;
