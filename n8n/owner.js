// Gives n8n its owner as soon as it answers, so that nobody who comes first can make themselves that.
"use strict";
const { readFileSync } = require("fs");

const base = `http://127.0.0.1:${process.env.PORT || 5678}`;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function setUp() {
  let settings;
  while (!settings) {
    try {  // it listens before it knows all of its addresses, and answers with its page until then
      settings = await (await fetch(`${base}/rest/settings`)).json();
    } catch {
      await wait(300);
    }
  }
  if (!settings.data.userManagement.showSetupOnFirstLoad) return;
  const answer = await fetch(`${base}/rest/owner/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      email: process.env.N8N_OWNER,
      firstName: "Munbot",
      lastName: "Operador",
      password: readFileSync(process.env.OWNER_PASSWORD_FILE, "utf8").trim(),
    }),
  });
  if (!answer.ok) throw new Error(`n8n does not take its owner: ${answer.status} ${await answer.text()}`);
}

setUp().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
