package io.ebpflb.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what, and what came of it: a JSON object for each, in a file or in the log. The file
 * is opened for each line, so it can be moved away at any time. Any thread.
 */
final class AuditLog {

  private static final Logger LOG = LoggerFactory.getLogger("audit");

  /** Longer bodies are configs, whose history is elsewhere and which may hold secrets. */
  private static final int BODY_BYTES_MAX = 256;

  /** Who is not let in could fill a disk. */
  private static final Duration REFUSAL_INTERVAL = Duration.ofSeconds(1);

  private volatile Optional<Path> file;
  private final Clock clock;
  private Instant lastRefusal = Instant.EPOCH;
  private long unlisted;

  private AuditLog(Optional<Path> file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * @param file empty: the log
   * @throws AdminException if the file cannot be written to
   */
  static AuditLog open(Optional<Path> file, Clock clock) {
    AuditLog log = new AuditLog(file, clock);
    log.check(file);
    return log;
  }

  /**
   * @throws AdminException if the file cannot be written to
   */
  void check(Optional<Path> other) {
    if (other.isPresent()) {
      try {
        append(other.get(), "");
      } catch (IOException failed) {
        throw new AdminException(
            "open the audit log "
                + other.get()
                + ": "
                + failed
                + "; choose another for [admin] audit-log");
      }
    }
  }

  /** From the next line on. */
  void continueIn(Optional<Path> other) {
    file = other;
  }

  /**
   * A change that was asked for.
   *
   * @param route what was asked for
   * @param status how it was answered
   * @param error why it was refused; empty if it was not
   */
  void changed(Request request, Route route, int status, String error) {
    boolean isShown = route.body() == Route.Payload.JSON && request.body().length <= BODY_BYTES_MAX;
    write(
        json -> {
          head(json, request.caller(), request.method(), request.target());
          if (isShown && request.body().length > 0) {
            json.field("body", new String(request.body(), StandardCharsets.UTF_8));
          }
          json.field("status", status);
          if (!error.isEmpty()) {
            json.field("error", error);
          }
        });
  }

  /** A request of somebody who may not, of which one in a second is listed. */
  synchronized void refused(Caller caller, String method, String target, int status) {
    Instant now = clock.instant();
    if (now.isBefore(lastRefusal.plus(REFUSAL_INTERVAL))) {
      unlisted++;
      return;
    }
    lastRefusal = now;
    long before = unlisted;
    unlisted = 0;
    write(
        json -> {
          head(json, caller, method, target);
          json.field("status", status);
          if (before > 0) {
            json.field("unlisted_before", before);
          }
        });
  }

  private void head(Json json, Caller caller, String method, String target) {
    json.field("at", clock.instant())
        .field("caller", caller.name())
        .field("source", caller.source())
        .field("method", method)
        .field("target", target);
  }

  private interface Members {
    void write(Json json);
  }

  private void write(Members members) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (Json json = new Json(line)) {
      json.object();
      members.write(json);
      json.endObject();
    }
    String text = line.toString(StandardCharsets.UTF_8);
    Optional<Path> to = file;
    if (to.isEmpty()) {
      LOG.info(text.strip());
      return;
    }
    try {
      append(to.get(), text);
    } catch (IOException failed) {
      LOG.error("{} could not be written ({}): {}", to.get(), failed.toString(), text.strip());
    }
  }

  private synchronized void append(Path to, String text) throws IOException {
    if (Files.notExists(to)) {
      Files.createFile(
          to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }
    Files.writeString(to, text, StandardOpenOption.APPEND);
  }
}
