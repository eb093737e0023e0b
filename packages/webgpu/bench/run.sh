#!/bin/sh
# Runs the benchmark with what lies beside it where the machine lacks it: Node, and Vulkan's loader.
here=$(cd "$(dirname "$0")" && pwd)
node=$here/node
[ -x "$node" ] || node=node
if ! PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -q libvulkan.so.1; then
  export LD_LIBRARY_PATH="$here/lib:$LD_LIBRARY_PATH"
fi
# Where containers mount NVIDIA's driver, and the loader does not look.
mounted=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "$VK_DRIVER_FILES$VK_ICD_FILENAMES" ] && [ -e "$mounted" ]; then
  export VK_ICD_FILENAMES="$mounted"
fi
exec "$node" "$here/gpu-table.mjs" "$@"
