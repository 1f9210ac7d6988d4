package io.ebpflb.runtime.dataplane;

/** A program in force on an interface. */
public interface Attachment extends AutoCloseable {
  /** Takes it off; no error if the interface is gone. Idempotent. */
  @Override
  void close();
}
