package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs flow events at DEBUG. */
final class FlowEventLog implements Consumer<ByteBuffer> {
  private static final Logger LOG = LoggerFactory.getLogger(FlowEventLog.class);

  @Override
  public void accept(ByteBuffer record) {
    if (LOG.isDebugEnabled() && record.remaining() >= FlowEvent.BYTES) {
      LOG.debug("{}", FlowEvent.decode(record));
    }
  }
}
