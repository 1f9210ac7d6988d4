package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a ring buffer map on a thread of its own, through the pages that it shares with the kernel:
 * the position up to which we read, the position up to which it wrote, and the data twice over, so
 * that no record is cut.
 */
final class RingBuffer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RingBuffer.class);

  private static final int BUSY = 1 << 31;
  private static final int DISCARD = 1 << 30;
  private static final int RECORD_HEADER_BYTES = 8;
  private static final int POLL_FD_BYTES = 8;

  private final MappedMemory consumer;
  private final MappedMemory producer;
  private final int size;
  private final int dataStart;
  private final Consumer<ByteBuffer> reader;
  private final EventFd wake = new EventFd();
  private final Memory pollFds = new Memory(2L * POLL_FD_BYTES);
  private final Thread thread;
  private volatile boolean closing;
  private boolean failureReported;

  /**
   * @param reader is called on this ring's thread with each record; the buffer holds only for the
   *     call
   */
  static RingBuffer open(BpfMap map, String threadName, Consumer<ByteBuffer> reader) {
    RingBuffer ring = new RingBuffer(map, threadName, reader);
    ring.thread.start();
    return ring;
  }

  private RingBuffer(BpfMap map, String threadName, Consumer<ByteBuffer> reader) {
    int page = LibC.getpagesize();
    this.size = map.maxEntries();
    this.dataStart = page;
    this.consumer = MappedMemory.map(map.fd(), map.name(), page, true, 0);
    this.producer = MappedMemory.map(map.fd(), map.name(), page + 2L * size, false, page);
    this.reader = reader;
    pollFds.clear();
    pollFds.setInt(0, map.fd());
    pollFds.setShort(4, LibC.POLLIN);
    pollFds.setInt(POLL_FD_BYTES, wake.fd());
    pollFds.setShort(POLL_FD_BYTES + 4, LibC.POLLIN);
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
  }

  private void run() {
    while (!closing) {
      LibC.poll(pollFds, 2, -1);
      drain();
    }
  }

  private void drain() {
    long position = consumer.getLongAcquire(0);
    while (!closing && position < producer.getLongAcquire(0)) {
      int start = dataStart + (int) (position & size - 1);
      int header = producer.getIntAcquire(start);
      if ((header & BUSY) != 0) {
        return;
      }
      int length = header & ~(BUSY | DISCARD);
      if ((header & DISCARD) == 0) {
        read(start + RECORD_HEADER_BYTES, length);
      }
      position += (length + RECORD_HEADER_BYTES + 7) & ~7;
      consumer.setLongRelease(0, position);
    }
  }

  private void read(int start, int length) {
    try {
      reader.accept(producer.buffer().slice(start, length).order(ByteOrder.nativeOrder()));
    } catch (RuntimeException e) {
      if (!failureReported) {
        failureReported = true;
        LOG.error("reading an event failed; further failures are not reported", e);
      }
    }
  }

  /** The reader is not called after this. Idempotent. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    wake.signal();
    Threads.joinUninterruptibly(thread);
    consumer.close();
    producer.close();
    wake.close();
    pollFds.close();
  }
}
