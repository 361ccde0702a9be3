// Starts `tapir lsp` for scripts, and ends it.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("tapir");
  const server = { command: settings.get("path"), args: ["lsp"] };
  client = new LanguageClient("tapir", "tapir", { run: server, debug: server }, {
    documentSelector: [{ language: "tapir" }],
    initializationOptions: { include: settings.get("include"), guru: settings.get("guru") },
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{tp,stp,tpm,stpm}") },
  });
  await client.start();
}

async function stop() {
  const old = client;
  client = undefined;
  if (old) await old.stop();
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async function (context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("tapir.restart", restart),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration("tapir")) return restart();
    }),
  );
  await start();
};

exports.deactivate = stop;
