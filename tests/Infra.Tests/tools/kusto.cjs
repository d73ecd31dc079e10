// The Kusto language service: the tables that the queries may read, diagnostics, and a tree to walk.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const folder = path.dirname(require.resolve('@kusto/language-service-next/package.json'));
for (const file of ['bridge.js', 'Kusto.Language.Bridge.js']) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, file), 'utf8'), { filename: file });
}

const { KustoCode, GlobalState, Symbols, Syntax } = globalThis.Kusto.Language;

// The columns of a Log Analytics workspace that alerts and workbook read.
const tables = {
  AppMetrics: 'TimeGenerated:datetime,Name:string,ItemCount:int,Sum:real,Min:real,Max:real,Properties:dynamic,AppRoleName:string,AppRoleInstance:string,_ResourceId:string',
  AppTraces: 'TimeGenerated:datetime,Message:string,SeverityLevel:int,Properties:dynamic,AppRoleName:string,AppRoleInstance:string,_ResourceId:string',
  AppExceptions: 'TimeGenerated:datetime,ExceptionType:string,OuterMessage:string,InnermostMessage:string,SeverityLevel:int,Properties:dynamic,AppRoleName:string,AppRoleInstance:string,_ResourceId:string',
  AzureMetrics: 'TimeGenerated:datetime,MetricName:string,Total:real,Count:real,Maximum:real,Minimum:real,Average:real,TimeGrain:string,UnitName:string,Resource:string,ResourceId:string,_ResourceId:string',
  StorageQueueLogs: 'TimeGenerated:datetime,OperationName:string,Uri:string,StatusCode:string,StatusText:string,AccountName:string,AuthenticationType:string,DurationMs:real,_ResourceId:string',
};

const database = new Symbols.DatabaseSymbol.ctor(
  'workspace', Object.entries(tables).map(([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${columns})`, null)));
const globals = GlobalState.Default.WithDatabase(database);

/** The tree as plain objects: { kind, text?, children }. Leaves have text; missing optional parts are left out. */
function plain(node) {
  const kind = globalThis.System.Enum.toString(Syntax.SyntaxKind, node.Kind);
  const children = [];
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child) {
      children.push(plain(child));
    }
  }
  return node.ChildCount === 0 ? { kind, text: node.Text, children } : { kind, children };
}

function parse(text) {
  return plain(KustoCode.Parse(text).Syntax);
}

/** What the language service objects to, as line: message. */
function diagnose(text) {
  const found = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, index) => {
    const each = found.getItem(index);
    return `line ${text.slice(0, each.Start).split('\n').length}: ${each.Message}`;
  });
}

/** Every node of a kind, in order. */
function all(node, kind) {
  return [...(node.kind === kind ? [node] : []), ...node.children.flatMap(child => all(child, kind))];
}

module.exports = { parse, diagnose, all };
