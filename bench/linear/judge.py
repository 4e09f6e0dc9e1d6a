"""scikit-learn on the same splits as measure.ts, as JSON lines: TF-IDF of words 1-2 and characters 2-5, logistic regression by averaged SGD.

    python judge.py TASKS
"""
from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold


class Classifier:
    def __init__(self, texts, labels):
        self.words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+")
        self.chars = TfidfVectorizer(ngram_range=(2, 5), sublinear_tf=True, analyzer="char_wb", min_df=2)
        x = hstack([self.words.fit_transform(texts), self.chars.fit_transform(texts)]).tocsr()
        self.model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=25, tol=None, average=True, random_state=0)
        self.model.fit(x, labels)
        self.labels = list(self.model.classes_)

    def shares(self, texts):
        x = hstack([self.words.transform(texts), self.chars.transform(texts)]).tocsr()
        z = self.model.decision_function(x)
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)


def clinc(tasks: Path) -> dict:
    data = json.loads((tasks / "clinc150/data.json").read_text())
    train = data["train"] + data["oos_train"]
    began = time.process_time()
    model = Classifier([t for t, _ in train], [y for _, y in train])
    seconds = time.process_time() - began
    rows = data["val"] + data["oos_val"]
    inside = model.shares([t for t, _ in rows])
    inside[:, model.labels.index("oos")] = 0
    gold = [y for _, y in rows]
    outside = np.array([y == "oos" for y in gold])
    right = sum(model.labels[inside[i].argmax()] == gold[i] for i in range(len(rows)) if not outside[i])
    score = -inside.max(1)
    limit = np.quantile(score[~outside], 0.95)
    return {"set": "clinc150", "right": int(right), "of": int((~outside).sum()), "auroc": float(roc_auc_score(outside, score)),
            "caught": int((score[outside] > limit).sum()), "seconds": seconds,
            "weights": int(model.model.coef_.size)}


def banking(tasks: Path) -> dict:
    rows = list(csv.reader((tasks / "banking77/train.csv").open(newline="")))[1:]
    texts, labels = np.array([r[0] for r in rows], object), np.array([r[1] for r in rows])
    right = 0
    for learned, asked in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
        model = Classifier(texts[learned], labels[learned])
        right += int((np.array(model.labels)[model.shares(texts[asked]).argmax(1)] == labels[asked]).sum())
    return {"set": "banking77", "right": right, "of": len(rows)}


if __name__ == "__main__":
    for part in (clinc, banking):
        print(json.dumps(part(Path(sys.argv[1]))), flush=True)
