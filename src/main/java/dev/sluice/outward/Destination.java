package dev.sluice.outward;

import java.net.InetAddress;
import java.util.List;

/** An endpoint, and addresses of its host that it may be reached at. */
public record Destination(Endpoint endpoint, List<InetAddress> addresses) {}
