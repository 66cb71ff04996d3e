// What people write with the package ws: whatever one client says, all clients are sent.
const { WebSocketServer } = require("ws");
const wss = new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1", perMessageDeflate: false });
wss.on("connection", (client) =>
  client.on("message", (data) => {
    const text = data.toString();
    for (const c of wss.clients) c.send(text);
  }),
);
