#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
pub struct Recipe {
    pub title_within: usize,
    pub text_within: usize,
    pub longest: usize,
    pub title_times: u32,
    pub title_space: bool,
    pub min_df: u32,
    pub idf: f32,
    pub tf: u32,
    pub cost: f32,
    pub epochs: usize,
    pub folds: usize,
    pub unknown: bool,
    pub loss: u32,
    pub most: usize,
    pub balance: f32,
    pub w3: f32,
    pub w1: f32,
    pub norm: u32,
}
pub fn get() -> &'static Recipe {
    static R: std::sync::OnceLock<Recipe> = std::sync::OnceLock::new();
    R.get_or_init(|| {
        let v = |n: &str, d: f64| std::env::var(n).map_or(d, |s| s.parse().unwrap());
        Recipe {
            title_within: v("TITLE", 120.0) as usize,
            text_within: v("TEXT", 1200.0) as usize,
            longest: v("N", 3.0) as usize,
            title_times: v("TT", 2.0) as u32,
            title_space: v("TS", 1.0) > 0.0,
            min_df: v("DF", 4.0) as u32,
            idf: v("IDF", 1.0) as f32,
            tf: v("TF", 1.0) as u32,
            cost: v("C", 1.0) as f32,
            epochs: v("E", 10.0) as usize,
            folds: v("FOLDS", 4.0) as usize,
            unknown: v("UNK", 0.0) > 0.0,
            loss: v("LOSS", 0.0) as u32,
            most: v("MOST", 262143.0) as usize,
            balance: v("BAL", 0.0) as f32,
            w3: v("W3", 1.0) as f32,
            w1: v("W1", 1.0) as f32,
            norm: v("NORM", 0.0) as u32,
        }
    })
}
