package dev.sluice.cache;

import dev.sluice.call.Call;
import dev.sluice.contract.Operation;

/**
 * A call and the operation it is to, as its door knows it: of the contract that the call began
 * under, whatever has been loaded since.
 */
record Lookup(Operation operation, Call call) {}
