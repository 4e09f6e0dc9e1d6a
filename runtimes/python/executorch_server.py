"""A .pte of ExecuTorch behind OpenAI's chat completions: the wheel has no server for a Llama, so the loop over tokens is here.

    python executorch_server.py MODEL.pte HF_FOLDER PORT

One call at a time. It says 400 to what it does not know, as ExecuTorch's own server does. The position of a token is an input of
the model, so that what a prompt has in common with the last one is not run again.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import torch
from transformers import AutoTokenizer

# In this order: the custom operations register themselves with the library.
from executorch.extension.pybindings import portable_lib
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401
from executorch.kernels import quantized  # noqa: F401

CONTEXT = 512
CHUNK = 128
KNOWN = {"model", "messages", "stream", "stream_options", "max_tokens", "temperature"}
KNOWN |= {"logprobs", "top_logprobs"}

torch.set_num_threads(1)
model = portable_lib._load_for_executorch(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(sys.argv[2])
held = []


class Refused(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def run(ids, position):
    return model.forward((torch.tensor([ids]), torch.tensor([position])))[0].float().reshape(-1)


def prefill(ids):
    """The scores behind `ids`, and how many of them needed no running."""
    global held
    common = 0
    while common < min(len(held), len(ids) - 1) and held[common] == ids[common]:
        common += 1
    held = ids[:common]
    scores = None
    while len(held) < len(ids):
        part = ids[len(held) : len(held) + CHUNK]
        scores = run(part, len(held))
        held = held + part
    return scores, common


def choose(scores, temperature):
    if temperature == 0:
        return int(scores.argmax())
    return int(torch.multinomial(torch.softmax(scores / temperature, -1), 1))


def answer(body, emit):
    unknown = set(body) - KNOWN
    if unknown:
        raise Refused("unsupported_parameter", f"not supported: {', '.join(sorted(unknown))}")
    ids = tokenizer.apply_chat_template(body["messages"], add_generation_prompt=True, return_dict=False)
    room = CONTEXT - len(ids)
    if room < 1:
        raise Refused("context_exhausted", f"{len(ids)} tokens, the context has {CONTEXT}")
    limit = min(body.get("max_tokens") or room, room)
    scores, cached = prefill(ids)
    made, said, reason = [], "", "length"
    while len(made) < limit:
        token = choose(scores, body.get("temperature", 0))
        if token == tokenizer.eos_token_id:
            reason = "stop"
            break
        made.append(token)
        text = tokenizer.decode(made)
        # Half a character has no text yet.
        delta = "" if text.endswith("\ufffd") else text[len(said) :]
        said += delta
        logprobs = torch.log_softmax(scores, -1)
        top = logprobs.topk(body.get("top_logprobs") or 1)
        entry = {"token": delta, "logprob": float(logprobs[token])}
        entry["top_logprobs"] = [{"logprob": float(value)} for value in top.values]
        emit({"delta": {"content": delta}, "logprobs": {"content": [entry]}})
        if len(made) < limit:
            scores = run([token], len(held))
            held.append(token)
    usage = {"prompt_tokens": len(ids), "completion_tokens": len(made)}
    usage["prompt_tokens_details"] = {"cached_tokens": cached}
    return reason, usage


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/health":
            return self.say(200, {"status": "ok"})
        if self.path == "/v1/models":
            return self.say(200, {"data": [{"id": "edgewise", "owned_by": "executorch", "max_model_len": CONTEXT}]})
        self.say(404, {"error": {"message": "no such path", "type": "not_found"}})

    def do_POST(self):
        begun = False

        def emit(choice, usage=None):
            nonlocal begun
            if not begun:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                begun = True
            chunk = {"object": "chat.completion.chunk", "choices": [choice]}
            if usage:
                chunk["usage"] = usage
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

        try:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reason, usage = answer(body, emit)
            emit({"delta": {}, "finish_reason": reason}, usage)
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            # The caller has gone: a write fails, and the loop over tokens ends with it.
            pass
        except Refused as refused:
            self.say(400, {"error": {"message": str(refused), "type": refused.kind}})


print("listening", flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[3])), Handler).serve_forever()
