package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The maps as the BPF program reads them: bytes in, bytes out. */
interface MapReader {

  /**
   * @param key {@link ServiceKeyLayout}
   * @return {@link ServiceLayout}
   */
  Optional<ByteBuffer> findService(ByteBuffer key);

  /**
   * The longest prefix that matches.
   *
   * @param key {@link RouteKeyLayout} with all bits of the address
   * @return the group, {@link RouteKeyLayout#VALUE_BYTES}
   */
  Optional<ByteBuffer> findRoute(ByteBuffer key);

  /** See {@link GroupLayout}. */
  long group(int group);

  /** The backend id in a slot of the arena; 0: none. */
  int slot(int offset);

  /** See {@link BackendLayout}. */
  ByteBuffer backend(int id);
}
