package dev.sluice.webhook;

import java.net.InetAddress;
import java.util.List;

/** An endpoint, and addresses of its host that it may be reached at. */
record Destination(Endpoint endpoint, List<InetAddress> addresses) {}
