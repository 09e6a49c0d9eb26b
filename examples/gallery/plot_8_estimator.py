"""
K-Means on any data
===================

``kalette.KMeans`` is a scikit-learn estimator on the same engine. The loss and the silhouette for several k:
"""

import matplotlib.pyplot as plt
from sklearn.metrics import silhouette_score

import kalette
from kalette.learn import sample_blobs

X = sample_blobs(300, seed=0)
ks = range(2, 9)
fitted = [kalette.KMeans(n_clusters=k, init="auto", random_state=0).fit(X) for k in ks]

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
left.plot(ks, [each.inertia_ for each in fitted], "o-")
left.set(xlabel="k", ylabel="loss")
right.plot(ks, [silhouette_score(X, each.labels_) for each in fitted], "o-")
right.set(xlabel="k", ylabel="silhouette")
plt.show()

# %%
# Five clusters, as the data were made:

five = fitted[3]
figure, axes = plt.subplots(figsize=(5, 3.6), layout="constrained")
axes.scatter(*X.T, c=five.labels_, cmap="tab10", s=12)
axes.scatter(*five.cluster_centers_.T, c="black", marker="x", s=60)
axes.set_aspect("equal")
plt.show()
