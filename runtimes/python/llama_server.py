"""llama.cpp's own server in this process, from the wheel of xllamacpp: no build. Prints its address when the model is loaded.

    python llama_server.py MODEL.gguf PORT
"""

import sys
import threading

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.port = int(sys.argv[2])
params.n_ctx = 512
params.n_parallel = 1
# On cores that others use too, threads that wait for each other are slower than one.
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
threading.Event().wait()
