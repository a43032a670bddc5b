/** The whole file (language/README.md: File, Import, Declaration), and the parser that is made of all parts. */
import type { IOrAlt, IParserConfig, IToken, Rule } from "chevrotain";
import { decisions } from "./decisions.ts";
import { Operations } from "./grammar-operations.ts";
import { declarations, imports } from "./items.ts";
import { prepare } from "./lookahead.ts";
import type { Reporter } from "./report.ts";
import { tokens, words } from "./tokens.ts";
import type { Declaration, Import, Module, QName, SourceFile } from "./tree.ts";

type Contents = Pick<Module, "name" | "doc" | "imports" | "declarations">;

class FileParser extends Operations {
  readonly #analysed: boolean;

  /** `analysed`: by chevrotain itself, and not from the table of its findings. */
  constructor(config: IParserConfig, analysed: boolean) {
    super(config);
    this.#analysed = analysed;
    if (analysed) this.performSelfAnalysis();
    else prepare(this, decisions);
  }

  /** Chevrotain looks at the grammar to say what was expected: the first error of a process waits for its analysis. */
  override getGAstProductions(): Record<string, Rule> {
    if (this.#analysed) return super.getGAstProductions();
    analysedParser ??= new FileParser({ skipValidations: true }, true);
    return analysedParser.getGAstProductions();
  }

  readonly file = this.RULE("file", (): Contents => {
    let name: QName | undefined;
    let doc: { readonly doc?: string } = {};
    const imported: Import[] = [];
    const declared: Declaration[] = [];
    this.OPTION(() => {
      doc = this.doc();
      name = this.attempt(imports, () => this.SUBRULE(this.moduleHeader));
    });
    do {
      this.MANY(() => {
        const list = this.attempt(imports, () => this.SUBRULE(this.importList));
        if (list !== undefined && !this.RECORDING_PHASE) imported.push(...list);
      });
      this.MANY2(() => {
        const declaration = this.attempt(declarations, () => this.SUBRULE(this.declaration));
        if (declaration !== undefined) declared.push(declaration);
      });
    } while (this.resume(imports));
    if (!this.RECORDING_PHASE) this.remainingDocs();
    return { ...(name ? { name } : {}), ...doc, imports: imported, declarations: declared };
  });

  readonly moduleHeader = this.RULE("moduleHeader", (): QName => {
    this.CONSUME(words.module);
    return this.SUBRULE(this.qname);
  });

  readonly importList = this.RULE("importList", (): Import[] => {
    this.CONSUME(words.import);
    const list = [this.SUBRULE(this.imported)];
    this.MANY(() => {
      this.CONSUME(tokens.Comma);
      list.push(this.SUBRULE2(this.imported));
    });
    return list;
  });

  readonly imported = this.RULE("imported", (): Import => {
    const start = this.start();
    const module = this.SUBRULE(this.qname);
    const alias = this.OPTION(() => {
      this.CONSUME(words.as);
      return this.nameOf(this.CONSUME(tokens.Name));
    });
    return { module, ...(alias ? { alias } : {}), span: this.span(start) };
  });

  private readonly declarationAlternatives: IOrAlt<Declaration | undefined>[] = [
    { ALT: () => this.SUBRULE(this.inputDeclaration) },
    { ALT: () => this.SUBRULE(this.typeDeclaration) },
    { ALT: () => this.SUBRULE(this.enumDeclaration) },
    { ALT: () => this.SUBRULE(this.letDeclaration) },
    { ALT: () => this.SUBRULE(this.functionDeclaration) },
    { ALT: () => this.SUBRULE(this.tableDeclaration) },
    { ALT: () => this.SUBRULE(this.trustDeclaration) },
    { ALT: () => this.SUBRULE(this.policyDeclaration) },
    { ALT: () => this.SUBRULE(this.exemptDeclaration) },
    { ALT: () => this.SUBRULE(this.waiveDeclaration) },
    { ALT: () => this.SUBRULE(this.vexDeclaration) },
    { ALT: () => this.SUBRULE(this.runtimeDeclaration) },
    { ALT: () => this.SUBRULE(this.triageDeclaration) },
    { ALT: () => this.SUBRULE(this.controlDeclaration) },
    { ALT: () => this.SUBRULE(this.testDeclaration) },
  ];

  readonly declaration = this.RULE("declaration", (): Declaration | undefined => this.OR(this.declarationAlternatives));

  /** Parses one source. */
  run(source: SourceFile, input: IToken[], docs: readonly IToken[], reporter: Reporter): Module {
    this.begin(source.text, input, docs, reporter);
    return { source, ...this.file(), span: { start: 0, end: source.text.length } };
  }
}

let parser: FileParser | undefined;
let analysedParser: FileParser | undefined;

/** One parser a process, made when the first source is read. Grammar and lexer are validated by a test instead. */
export function theParser(): Pick<FileParser, "run"> {
  parser ??= new FileParser({ skipValidations: true }, false);
  return parser;
}

/** Makes a parser by chevrotain's own analysis with its validations, which throw where the grammar is not LL(2). */
export function checkedParser(config: Pick<IParserConfig, "lookaheadStrategy"> = {}): Pick<FileParser, "run"> {
  return new FileParser({ ...config, skipValidations: false }, true);
}
