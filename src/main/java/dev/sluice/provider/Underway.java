package dev.sluice.provider;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls a provider has accepted and not answered, findable by what cancels them. Not
 * thread-safe; owned by one verticle.
 */
final class Underway {
  private final Map<String, List<Job.Part>> byCall = new HashMap<>();
  private final Map<Job.Part, Job> jobs = new IdentityHashMap<>();

  /** Kept until its promise is done. */
  void add(Job.Part part) {
    String id = part.call().id();
    byCall.computeIfAbsent(id, i -> new ArrayList<>(1)).add(part);
    part.promise()
        .future()
        .onComplete(
            done -> {
              jobs.remove(part);
              List<Job.Part> parts = byCall.get(id);
              if (parts != null && parts.remove(part) && parts.isEmpty()) byCall.remove(id);
            });
  }

  void joined(Job job) {
    for (Job.Part part : job.parts()) {
      if (!part.promise().future().isComplete()) jobs.put(part, job);
    }
  }

  List<Job.Part> of(String callId) {
    return List.copyOf(byCall.getOrDefault(callId, List.of()));
  }

  List<Job.Part> all() {
    return byCall.values().stream().flatMap(List::stream).toList();
  }

  boolean isEmpty() {
    return byCall.isEmpty();
  }

  /** The job a call left in, or null while its batch gathers. */
  Job jobOf(Job.Part part) {
    return jobs.get(part);
  }
}
