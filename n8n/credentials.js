// Prints n8n's credentials, made from the platform's secrets: to the broker, and to the API as one official.
"use strict";
const { readFileSync } = require("fs");

const secret = (name) => readFileSync(process.env[name], "utf8").trim();
const [hostname, port] = process.env.RABBITMQ.split(":");
const demo = process.env.MUNBOT_MODE === "demo";
const password = secret("OFFICIAL_PASSWORD_FILE") || (demo ? secret("DEMO_PASSWORD_FILE") : "");
if (!password) {
  console.error(`n8n_official_password among the secrets must hold the password of ${process.env.MUNBOT_OFFICIAL}`);
  process.exit(1);
}

process.stdout.write(
  JSON.stringify([
    {
      id: "munbotBroker0001",
      name: "Munbot: eventos",
      type: "rabbitmq",
      data: { hostname, port: Number(port), username: "n8n", password: secret("BROKER_PASSWORD_FILE"), vhost: "/", ssl: false },
    },
    {
      id: "munbotOfficial01",
      name: "Munbot: funcionario",
      type: "httpCustomAuth",
      data: {
        json: JSON.stringify({
          body: { tenant: process.env.MUNBOT_TENANT, email: process.env.MUNBOT_OFFICIAL, password },
        }),
      },
    },
  ]),
);
